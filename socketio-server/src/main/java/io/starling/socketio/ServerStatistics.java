package io.starling.socketio;

import io.starling.engineio.TransportKind;
import java.time.Duration;
import java.util.Map;

/**
 * What a server has done since it was made, and how it stands. Counters never go down.
 *
 * @param connections open now, by transport
 * @param sockets connected now, by namespace
 * @param connected sockets that were let into a namespace
 * @param connectsRefused clients that were not let into a namespace
 * @param disconnects sockets that left their namespace, by reason
 * @param handshakesRefused requests that were refused before they became a connection, by reason
 * @param packetsRefused connections that were closed for what their client sent
 * @param messagesReceived Engine.IO messages of clients; an event with attachments is several
 * @param bytesReceived their size, without framing and compression
 * @param eventsReceived events of clients that were handed to handlers
 * @param eventsHandled events whose handler has returned or thrown
 * @param handlerTime how long these handlers took, added up
 * @param handlersFailed handlers that threw
 * @param requestsFailed HTTP requests whose handler threw
 * @param emits events sent to clients of this process, each once, whatever the number of recipients
 * @param messagesSent Engine.IO messages on their way to a client, each once for each recipient
 * @param bytesSent their size, without framing and compression
 * @param backlogBytes what was handed to event loops and has not come to it now
 * @param pendingEvents events that wait for their handler, or are being handled, now
 */
public record ServerStatistics(
    Map<TransportKind, Integer> connections,
    Map<String, Integer> sockets,
    long connected,
    long connectsRefused,
    Map<DisconnectReason, Long> disconnects,
    Map<String, Long> handshakesRefused,
    long packetsRefused,
    long messagesReceived,
    long bytesReceived,
    long eventsReceived,
    long eventsHandled,
    Duration handlerTime,
    long handlersFailed,
    long requestsFailed,
    long emits,
    long messagesSent,
    long bytesSent,
    long backlogBytes,
    long pendingEvents) {
  /** Copies the maps. */
  public ServerStatistics {
    connections = Map.copyOf(connections);
    sockets = Map.copyOf(sockets);
    disconnects = Map.copyOf(disconnects);
    handshakesRefused = Map.copyOf(handshakesRefused);
  }
}
