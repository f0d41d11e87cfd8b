package io.starling.socketio.internal;

import io.starling.engineio.TransportKind;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.http.WebRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A listener that writes to SLF4J. Failures are logged as errors, and everything about single
 * clients at debug level. A log line names the client and the reason, and never the data that was
 * sent.
 *
 * @param engine the logger for Engine.IO sessions
 * @param server the logger for namespaces and sockets
 */
record EventLog(Logger engine, Logger server) implements SocketIoListener {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u2029]");

  /**
   * A text that a client may have chosen. Control characters and line breaks are escaped, so that
   * no client can forge a line of the log. The text is escaped only when the line is written.
   */
  record Shown(String text) {
    @Override
    public String toString() {
      return CONTROL
          .matcher(text)
          .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }
  }

  @Override
  public void sessionOpened(Handshake handshake, TransportKind transport) {
    engine.debug("session of {} opened over {}", handshake.address(), transport.text());
  }

  @Override
  public void sessionUpgraded(Handshake handshake) {
    engine.debug("session of {} upgraded to websocket", handshake.address());
  }

  @Override
  public void sessionClosed(Handshake handshake, DisconnectReason reason) {
    engine.debug("session of {} closed: {}", handshake.address(), reason.text());
  }

  @Override
  public void messageDropped(Handshake handshake) {
    engine.debug("message to {} dropped", handshake.address());
  }

  @Override
  public void handshakeRefused(Handshake handshake, String fault) {
    engine.debug("request of {} refused: {}", handshake.address(), new Shown(fault));
  }

  @Override
  public void certificateRefused(String fault) {
    engine.error("certificate not changed: {}", fault);
  }

  @Override
  public void connected(Socket socket) {
    server.debug("socket {} in {}", socket.id(), shown(socket.namespace()));
  }

  @Override
  public void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
    Shown name = new Shown(namespace);
    if (cause == null || cause instanceof ConnectRefusedException) {
      server.debug("connect to {} from {} refused: {}", name, handshake.address(), message);
    } else {
      server.error("connect to {} from {} refused", name, handshake.address(), cause);
    }
  }

  @Override
  public void disconnected(Socket socket, DisconnectReason reason) {
    server.debug("socket {} left {}: {}", socket.id(), shown(socket.namespace()), reason.text());
  }

  @Override
  public void packetRefused(Handshake handshake, String fault) {
    server.debug("connection of {} closed: {}", handshake.address(), new Shown(fault));
  }

  @Override
  public void eventRefused(Socket socket, String event, Throwable cause) {
    server.debug(
        "event {} of socket {} refused: {}", new Shown(event), socket.id(), cause.toString());
  }

  @Override
  public void handlerFailed(Socket socket, String handler, Throwable cause) {
    server.error(
        "handler of {} failed, socket {} in {}",
        new Shown(handler),
        socket.id(),
        shown(socket.namespace()),
        cause);
  }

  @Override
  public void requestFailed(WebRequest request, Throwable cause) {
    server.error(
        "handler of requests failed, {} of {}", request.method(), request.address(), cause);
  }

  @Override
  public void serverEventFailed(String namespace, String event, Throwable cause) {
    server.error("handler of server event {} in {} failed", event, namespace, cause);
  }

  private static Shown shown(Namespace namespace) {
    return new Shown(namespace.name());
  }
}
