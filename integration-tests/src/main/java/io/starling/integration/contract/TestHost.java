package io.starling.integration.contract;

import static java.util.Objects.requireNonNull;

import io.starling.manager.ClientManager;
import io.starling.manager.LocalSockets;
import io.starling.manager.ManagerListener;
import io.starling.manager.Rooms;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One host of a test cluster: a manager and the fakes around it. */
public final class TestHost implements AutoCloseable {
  /** The namespace that the suites use. */
  public static final String NAMESPACE = "/";

  private static final Executor CALLBACKS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "contract-callback");
            thread.setDaemon(true);
            return thread;
          });

  private final ClientManager manager;
  private final FakeSockets sockets = new FakeSockets();
  private final RecordingListener listener = new RecordingListener();

  TestHost(ClientManager manager) {
    this.manager = manager;
  }

  /** A host with a manager of its own, started. */
  public static TestHost start(ClientManager manager) {
    return new TestHost(manager).start();
  }

  /** Starts the manager and waits for it. */
  TestHost start() {
    await(manager.start((LocalSockets) sockets, (ManagerListener) listener, CALLBACKS));
    return this;
  }

  public ClientManager manager() {
    return manager;
  }

  public FakeSockets sockets() {
    return sockets;
  }

  public RecordingListener listener() {
    return listener;
  }

  /** Connects a new socket to {@link #NAMESPACE}. */
  public FakeSocket connect(String id, String... rooms) {
    FakeSocket socket = new FakeSocket(id);
    rooms().connect(socket, List.of(rooms));
    return socket;
  }

  /** Who is in which room of {@link #NAMESPACE}. */
  public Rooms rooms() {
    return sockets.open(NAMESPACE);
  }

  /** Where stages complete. */
  public static Executor callbacks() {
    return CALLBACKS;
  }

  /** The result of a stage, which must come within 20 s. */
  public static <T> T await(CompletionStage<T> stage) {
    return requireNonNull(stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS), "stage")
        .join();
  }

  @Override
  public void close() {
    manager.close();
  }
}
