package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.SocketIoServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server on one fake loop, with the settings of the conformance run. */
final class EngineFixture {
  static final Duration INTERVAL = Duration.ofMillis(300);
  static final Duration TIMEOUT = Duration.ofMillis(200);

  final FakeLoop loop = new FakeLoop();
  final RecordingListener listener = new RecordingListener();
  final List<String> warnings = new ArrayList<>();
  final EngineIoServer server;

  EngineFixture() {
    this(impatient());
  }

  EngineFixture(SocketIoServerConfig.Builder config) {
    server =
        new EngineIoServer(
            config.build().engine(), listener, new RefusalLog(warnings::add, loop::nanoTime));
  }

  static SocketIoServerConfig.Builder impatient() {
    return SocketIoServerConfig.builder().pingInterval(INTERVAL).pingTimeout(TIMEOUT);
  }

  EngineIoSession open(FakeTransport transport) {
    return server.open(request("EIO", "4"), loop, id -> transport);
  }

  /** Sends a text and lets the loop run. */
  void send(EngineIoSession session, String text) {
    queue(session, text, false);
    loop.runTurn();
  }

  void queue(EngineIoSession session, String text, boolean dropIfNotWritable) {
    server.send(new OpenTarget(session), message(text, dropIfNotWritable));
  }

  static OutboundMessage message(String text, boolean dropIfNotWritable) {
    EngineIoPacket.Message packet =
        new EngineIoPacket.Message(StandardCharsets.UTF_8.encode(text), false);
    return new OutboundMessage(List.of(packet), dropIfNotWritable, true);
  }

  static HandshakeRequest request(String... parameters) {
    Map<String, List<String>> query = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      query.put(parameters[i], List.of(parameters[i + 1]));
    }
    return new HandshakeRequest(
        "/engine.io/",
        query,
        Map.of(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
        false,
        List.of(),
        Instant.EPOCH);
  }

  record OpenTarget(EngineIoSession engineSession) implements Target {
    @Override
    public boolean open() {
      return true;
    }
  }
}
