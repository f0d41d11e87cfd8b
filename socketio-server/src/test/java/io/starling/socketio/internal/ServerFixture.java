package io.starling.socketio.internal;

import io.starling.engineio.FakeLoop;
import io.starling.engineio.HandshakeRequest;
import io.starling.manager.ManagerListener;
import io.starling.manager.local.LocalClientManager;
import io.starling.socketio.SocketIoServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A server without a port and without threads: everything runs when the test says so. */
final class ServerFixture {
  static final int MAX_PENDING_EVENTS = 3;

  final FakeLoop loop = new FakeLoop();
  final ManualExecutor handlers = new ManualExecutor();
  final ManualExecutor callbacks = new ManualExecutor();
  final FakeDeadlines deadlines = new FakeDeadlines();
  final RecordingSocketIoListener listener = new RecordingSocketIoListener();
  final LocalClientManager manager = new LocalClientManager();
  final Namespaces namespaces;
  final Endpoint endpoint;

  ServerFixture() {
    this(config -> {});
  }

  ServerFixture(Consumer<SocketIoServerConfig.Builder> settings) {
    SocketIoServerConfig.Builder config =
        SocketIoServerConfig.builder()
            .pingInterval(Duration.ofHours(1))
            .maxPendingEvents(MAX_PENDING_EVENTS)
            .listener(listener);
    settings.accept(config);
    namespaces =
        new EngineIoEvents(config.build(), manager, new Threads(handlers, callbacks, deadlines))
            .namespaces();
    endpoint = namespaces.endpoint();
    manager
        .start(new LocalSocketRegistry(namespaces), ManagerListener.NONE, callbacks)
        .toCompletableFuture()
        .join();
  }

  DefaultNamespace root() {
    return namespaces.declare("/");
  }

  /** A connection that has joined no namespace yet. */
  FakeClient open() {
    FakeClient client = new FakeClient();
    endpoint
        .engine()
        .open(
            new HandshakeRequest(
                "/socket.io/",
                Map.of("EIO", List.of("4")),
                Map.of("user-agent", List.of("fake")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                false,
                List.of(),
                Instant.EPOCH),
            loop,
            id -> client);
    return client;
  }

  /** A client that asked for {@code /}, and has its answer if there is one. */
  FakeClient connectOnly() {
    FakeClient client = open();
    client.sends("0");
    run();
    return client;
  }

  /** A client that is in {@code /}, and has been told. */
  FakeClient connect() {
    FakeClient client = connectOnly();
    client.took();
    return client;
  }

  /** Runs the loop and the handlers until nothing is left to do. */
  void run() {
    loop.runTurn();
    while (handlers.runAll() || callbacks.runAll()) {
      loop.runTurn();
    }
  }
}
