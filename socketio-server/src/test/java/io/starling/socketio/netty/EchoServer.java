package io.starling.socketio.netty;

import static org.awaitility.Awaitility.await;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoListener;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.Target;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.CorsPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server that sends every message back, under {@code /engine.io/} on a free port. */
final class EchoServer implements EngineIoListener, AutoCloseable {
  static final String POLLING = "/engine.io/?EIO=4&transport=polling";
  static final String WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

  final Map<String, EngineIoSession> sessions = new ConcurrentHashMap<>();
  final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
  final EngineIoServer engine;
  final NettyServer netty;
  final InetSocketAddress address;

  EchoServer() {
    this(transport -> transport);
  }

  EchoServer(UnaryOperator<SocketIoServerConfig.Builder> settings) {
    this(engine -> engine, settings, netty -> netty);
  }

  EchoServer(
      UnaryOperator<SocketIoServerConfig.Builder> engineSettings,
      UnaryOperator<SocketIoServerConfig.Builder> transportSettings) {
    this(engineSettings, transportSettings, netty -> netty);
  }

  EchoServer(
      UnaryOperator<SocketIoServerConfig.Builder> engineSettings,
      UnaryOperator<SocketIoServerConfig.Builder> transportSettings,
      UnaryOperator<Settings> nettySettings) {
    SocketIoServerConfig config =
        transportSettings.apply(engineSettings.apply(SocketIoServerConfig.builder())).build();
    engine = new EngineIoServer(config.engine(), this);
    Settings settings = nettySettings.apply(new Settings().endpoint("/engine.io/", engine));
    netty = new NettyServer(settings.build(config));
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), netty.start().getPort());
  }

  /** As in the conformance run: pings after 300 ms, waits for 200 ms. */
  static EchoServer impatient() {
    return new EchoServer(
        engine -> engine.pingInterval(Duration.ofMillis(300)).pingTimeout(Duration.ofMillis(200)),
        transport -> transport.cors(CorsPolicy.any()));
  }

  RawConnection connect() {
    return new RawConnection(address);
  }

  /** Opens a polling session and gives the target of its requests. */
  String openPolling() {
    try (RawConnection connection = connect()) {
      return POLLING + "&sid=" + sid(connection.get(POLLING).body());
    }
  }

  /** Opens a WebSocket session and takes the open packet off it. */
  RawConnection openWebSocket() {
    RawConnection connection = connect();
    connection.upgrade(WEBSOCKET);
    connection.text();
    return connection;
  }

  private static String sid(String open) {
    return open.substring(9, 29);
  }

  RawConnection.Response get(String target) {
    try (RawConnection connection = connect()) {
      return connection.get(target);
    }
  }

  RawConnection.Response post(String target, String body) {
    try (RawConnection connection = connect()) {
      return connection.post(target, body);
    }
  }

  /** The session that a target of {@link #openPolling} belongs to. */
  EngineIoSession session(String target) {
    return Objects.requireNonNull(sessions.get(target.substring(target.length() - 20)));
  }

  /** Why the next session ended; waits for it. */
  CloseReason nextClose() {
    return await().until(closed::poll, Objects::nonNull);
  }

  @Override
  public void opened(EngineIoSession session) {
    sessions.put(session.id(), session);
  }

  @Override
  public void message(EngineIoSession session, ByteBuffer data, boolean binary) {
    ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
    engine.send(new OpenTarget(session), message(copy, binary));
  }

  static OutboundMessage message(ByteBuffer data, boolean binary) {
    return new OutboundMessage(List.of(new EngineIoPacket.Message(data, binary)), false, true);
  }

  @Override
  public void closed(EngineIoSession session, CloseReason reason) {
    sessions.remove(session.id());
    closed.add(reason);
  }

  @Override
  public void close() {
    netty.close();
  }

  /** Settings of the network server that tests change. */
  static final class Settings {
    private final Map<String, EngineIoServer> endpoints = new HashMap<>();
    private int port;
    private Optional<StaticFilesConfig> staticFiles = Optional.empty();
    private Consumer<String> certificateFaults = fault -> {};

    Settings port(int value) {
      port = value;
      return this;
    }

    Settings endpoint(String path, EngineIoServer server) {
      endpoints.put(path, server);
      return this;
    }

    Settings staticFiles(StaticFilesConfig value) {
      staticFiles = Optional.of(value);
      return this;
    }

    Settings certificateFaults(Consumer<String> value) {
      certificateFaults = value;
      return this;
    }

    NettyServerConfig build(SocketIoServerConfig config) {
      return new NettyServerConfig(
          Optional.empty(),
          port,
          "echo",
          config.transport(),
          endpoints,
          staticFiles.orElse(config.staticFiles()),
          certificateFaults);
    }
  }

  /** A server without endpoints and files. */
  static NettyServerConfig config(Optional<String> host, int port, String instance) {
    return new NettyServerConfig(
        host, port, instance, SocketIoServerConfig.builder().build().transport());
  }

  record OpenTarget(EngineIoSession engineSession) implements Target {
    @Override
    public boolean open() {
      return true;
    }
  }
}
