package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoListener;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.TransportKind;
import io.starling.manager.ClientManager;
import io.starling.protocol.engineio.HandshakeError;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.SocketIoServerConfig;
import java.nio.ByteBuffer;

/**
 * A Socket.IO server without its port. This class is told of every Engine.IO session and gives each
 * session a {@link Connection}. Safe for any thread.
 */
final class EngineIoEvents implements EngineIoListener {
  private final Endpoint endpoint;
  private final Namespaces namespaces;

  EngineIoEvents(SocketIoServerConfig config, ClientManager manager, Threads threads) {
    EngineIoServer engine = new EngineIoServer(config.engine(), this);
    this.endpoint = Endpoint.of(config, manager, threads, engine);
    this.namespaces = new Namespaces(endpoint);
    namespaces.declare("/");
  }

  Namespaces namespaces() {
    return namespaces;
  }

  @Override
  public void opened(EngineIoSession session) {
    Connection connection = new Connection(namespaces, session);
    session.attach(connection);
    TransportKind transport = session.transport().kind();
    Handshake handshake = connection.handshake();
    endpoint.tell(listener -> listener.sessionOpened(handshake, transport));
    connection.opened();
  }

  @Override
  public void upgraded(EngineIoSession session) {
    Handshake handshake = connection(session).handshake();
    endpoint.tell(listener -> listener.sessionUpgraded(handshake));
  }

  @Override
  public void dropped(EngineIoSession session) {
    Handshake handshake = connection(session).handshake();
    endpoint.tell(listener -> listener.messageDropped(handshake));
  }

  @Override
  public void message(EngineIoSession session, ByteBuffer data, boolean binary) {
    endpoint.counters().messageReceived(data.remaining());
    connection(session).message(data, binary);
  }

  @Override
  public void closed(EngineIoSession session, CloseReason reason) {
    Connection connection = connection(session);
    DisconnectReason why = DisconnectReason.valueOf(reason.name());
    Handshake handshake = connection.handshake();
    endpoint.tell(listener -> listener.sessionClosed(handshake, why));
    connection.closed(why);
  }

  @Override
  public void refused(HandshakeRequest request, HandshakeError error, String detail) {
    endpoint.counters().handshakeRefused(error);
    Handshake handshake = new Handshake(request, null);
    endpoint.tell(listener -> listener.handshakeRefused(handshake, detail));
  }

  private static Connection connection(EngineIoSession session) {
    if (session.attachment() instanceof Connection connection) {
      return connection;
    }
    throw new IllegalStateException("session: without connection (expected: opened first)");
  }
}
