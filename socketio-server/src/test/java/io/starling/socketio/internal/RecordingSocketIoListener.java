package io.starling.socketio.internal;

import io.starling.engineio.TransportKind;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers what it heard, one line each. */
final class RecordingSocketIoListener implements SocketIoListener {
  final List<String> heard = new ArrayList<>();

  /** Of connections, which most tests have only one of. */
  final List<String> sessions = new ArrayList<>();

  /** What happens at the moment in which broadcasts reach a new socket. */
  Runnable onceConnected = () -> {};

  @Override
  public void sessionOpened(Handshake handshake, TransportKind transport) {
    sessions.add("opened " + transport.text());
  }

  @Override
  public void sessionUpgraded(Handshake handshake) {
    sessions.add("upgraded");
  }

  @Override
  public void sessionClosed(Handshake handshake, DisconnectReason reason) {
    sessions.add("closed " + reason.text());
  }

  @Override
  public void messageDropped(Handshake handshake) {
    sessions.add("dropped");
  }

  @Override
  public void connected(Socket socket) {
    heard.add("connected " + socket.namespace().name());
    onceConnected.run();
  }

  @Override
  public void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
    heard.add("connectRefused " + namespace + " " + message);
  }

  @Override
  public void disconnected(Socket socket, DisconnectReason reason) {
    heard.add("disconnected " + socket.namespace().name() + " " + reason.text());
  }

  @Override
  public void packetRefused(Handshake handshake, String fault) {
    heard.add("packetRefused " + fault);
  }

  @Override
  public void handlerFailed(Socket socket, String handler, Throwable cause) {
    heard.add("handlerFailed " + handler + " " + cause.getMessage());
  }

  @Override
  public void eventRefused(Socket socket, String event, Throwable cause) {
    heard.add("eventRefused " + event + " " + cause.getMessage());
  }

  @Override
  public void serverEventFailed(String namespace, String event, Throwable cause) {
    heard.add("serverEventFailed " + namespace + " " + event + " " + cause.getMessage());
  }
}
