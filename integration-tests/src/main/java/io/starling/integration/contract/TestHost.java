package io.starling.integration.contract;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.ClientManager;
import io.starling.manager.LocalServer;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Rooms;
import io.starling.manager.Scope;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One host of a test cluster: a manager, fake sockets and a listener that records. */
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

  /** Starts a host with this manager. Blocks until the manager is started. */
  public static TestHost start(ClientManager manager) {
    return new TestHost(manager).start();
  }

  /** Starts the manager and blocks until it is started. */
  TestHost start() {
    await(manager.start((LocalServer) sockets, (ManagerListener) listener, CALLBACKS));
    return this;
  }

  public ClientManager manager() {
    return manager;
  }

  /** Performs an operation on the clients of all hosts in {@link #NAMESPACE}. */
  public CompletionStage<Accepted> perform(Operation operation) {
    return manager.perform(NAMESPACE, operation, Scope.CLUSTER);
  }

  /** Asks all hosts a question about {@link #NAMESPACE}. */
  public <A> CompletionStage<A> ask(Question<A> question, Duration timeout) {
    return manager.ask(NAMESPACE, question, Scope.CLUSTER, timeout);
  }

  /** Returns an event that this host sends to the servers of all other hosts. */
  public Operation.ServerEvent serverEvent(EventPayload event) {
    return new Operation.ServerEvent(manager.hostId(), event);
  }

  public FakeSockets sockets() {
    return sockets;
  }

  public RecordingListener listener() {
    return listener;
  }

  /** Connects a new socket with this id to {@link #NAMESPACE}, and puts it into these rooms. */
  public FakeSocket connect(String id, String... rooms) {
    FakeSocket socket = new FakeSocket(id);
    rooms().connect(socket, List.of(rooms));
    return socket;
  }

  /** The sockets of {@link #NAMESPACE} and their rooms. */
  public Rooms rooms() {
    return sockets.open(NAMESPACE);
  }

  /** The executor on which the stages of all test hosts complete. */
  public static Executor callbacks() {
    return CALLBACKS;
  }

  /** Waits for a stage and returns its result. Fails when the stage takes more than 20 s. */
  public static <T> T await(CompletionStage<T> stage) {
    return requireNonNull(stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS), "stage")
        .join();
  }

  @Override
  public void close() {
    manager.close();
  }
}
