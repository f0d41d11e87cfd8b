package io.starling.integration.wire;

import io.starling.engineio.EngineIoServer;
import io.starling.socketio.Namespace;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The server that a conformance run talks to: {@code /engine.io/} echoes every message, {@code
 * /socket.io/} answers as the official server of the official test suites does.
 *
 * <p>It has one event loop. Some assertions send over two connections at once and expect the order
 * of sending, such as the end of an upgrade before a poll that must then be refused; only one loop
 * takes what arrives in the order of arrival, whatever the connection.
 */
public final class ConformanceServer {
  static final Duration PING_INTERVAL = Duration.ofMillis(300);
  static final Duration PING_TIMEOUT = Duration.ofMillis(200);
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  static final int MAX_PAYLOAD_BYTES = 1_000_000;

  private ConformanceServer() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    try (SocketIoServer server = start(Integer.parseInt(arguments[0]))) {
      System.out.println("ready on port " + server.port());
      new CountDownLatch(1).await();
    }
  }

  /** A server that listens, on a free port when it is 0. */
  static SocketIoServer start(int port) {
    SocketIoServer server =
        SocketIoServer.create(
            SocketIoServerConfig.builder()
                .port(port)
                .pingInterval(PING_INTERVAL)
                .pingTimeout(PING_TIMEOUT)
                .maxPayloadBytes(MAX_PAYLOAD_BYTES)
                .connectTimeout(CONNECT_TIMEOUT)
                .corsOrigins(List.of("*"))
                .engineIo("/engine.io/", echo())
                .eventLoopThreads(1)
                .build());
    authenticate(server.root());
    authenticate(server.of("/custom"));
    server
        .root()
        .on(
            "message",
            (socket, event, ack) -> socket.emit("message-back", event.toList().toArray()))
        .on("message-with-ack", (socket, event, ack) -> ack.send(event.toList().toArray()));
    server.start();
    return server;
  }

  private static void authenticate(Namespace namespace) {
    namespace.onConnect(socket -> socket.emit("auth", socket.handshake().auth()));
  }

  private static EngineIoServer echo() {
    SocketIoServerConfig config =
        SocketIoServerConfig.builder()
            .pingInterval(PING_INTERVAL)
            .pingTimeout(PING_TIMEOUT)
            .maxPayloadBytes(MAX_PAYLOAD_BYTES)
            .build();
    EchoListener listener = new EchoListener();
    EngineIoServer server = new EngineIoServer(config.engine(), listener);
    listener.answerThrough(server);
    return server;
  }
}
