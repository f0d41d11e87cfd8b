package io.starling.socketio;

import java.util.List;

/** The counters of a server. */
public enum ServerCount {
  /** Sockets that have been connected to a namespace. */
  CONNECTED("connects", "result", "accepted"),

  /** How many times a client was refused in a namespace. */
  CONNECTS_REFUSED("connects", "result", "refused"),

  /**
   * Connections that were closed for what their client sent, as reported by {@link
   * SocketIoListener#packetRefused}.
   */
  PACKETS_REFUSED("packets.refused"),

  /**
   * Engine.IO messages that clients have sent. An event with attachments consists of several
   * messages.
   */
  MESSAGES_RECEIVED("messages", "direction", "in"),

  /** The size of these messages in bytes, without framing and compression. */
  BYTES_RECEIVED("bytes", "direction", "in"),

  /** Events of clients that were queued for their handlers. */
  EVENTS_RECEIVED("events", "direction", "in"),

  /** Event handlers that have returned or thrown. */
  EVENTS_HANDLED(""),

  /** How many nanoseconds these event handlers took, added up. */
  HANDLER_NANOS(""),

  /** Handlers of sockets that threw. */
  HANDLERS_FAILED("handler.failures"),

  /** HTTP requests that had a handler that threw. */
  REQUESTS_FAILED("request.failures"),

  /** Events that were sent to clients of this process. An event to many clients counts once. */
  EMITS("events", "direction", "out"),

  /**
   * Engine.IO messages that were sent to clients. A message to many clients counts once for each of
   * them.
   */
  MESSAGES_SENT("messages", "direction", "out"),

  /** The size of these messages in bytes, without framing and compression. */
  BYTES_SENT("bytes", "direction", "out");

  private final String meter;
  private final String tag;
  private final String value;

  ServerCount(String meter) {
    this(meter, "", "");
  }

  ServerCount(String meter, String tag, String value) {
    this.meter = meter;
    this.tag = tag;
    this.value = value;
  }

  /**
   * The name of the meter, without the prefix {@code starling.server.}; empty for the counters that
   * make up the timer {@code starling.server.handler}.
   */
  public String meter() {
    return meter;
  }

  /** The tags of the meter: name and value in turn. */
  public List<String> tags() {
    return tag.isEmpty() ? List.of() : List.of(tag, value);
  }
}
