package io.starling.socketio.internal;

import io.starling.engineio.EngineIoServer;
import io.starling.manager.BackendState;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.ClientManager;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.PromptExecutor;
import io.starling.socketio.Namespace;
import io.starling.socketio.NamespaceHandlers;
import io.starling.socketio.NamespacePredicate;
import io.starling.socketio.ServerStartException;
import io.starling.socketio.ServerStatistics;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.WebHandler;
import io.starling.socketio.netty.NettyServer;
import io.starling.socketio.netty.NettyServerConfig;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of {@link SocketIoServer}. It creates the parts of a server: threads, {@link
 * EngineIoEvents}, network port and management port. It starts and closes them in the right order,
 * together with the client manager.
 */
final class DefaultSocketIoServer implements SocketIoServer {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration HANDLERS_TIMEOUT = Duration.ofSeconds(5);
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  private final List<ExecutorService> ownThreads = new ArrayList<>();
  private final ClientManager manager;
  private final Namespaces namespaces;
  private final Endpoint endpoint;
  private final NettyServer netty;
  private final AtomicBoolean requestsHandled = new AtomicBoolean();

  /** Guarded by the lock of this object. */
  private State state = State.NEW;

  private final Optional<Management> management;
  private volatile @Nullable InetSocketAddress address;
  private volatile @Nullable InetSocketAddress managementAddress;
  private volatile boolean draining;

  private enum State {
    NEW,
    STARTED,
    CLOSED
  }

  DefaultSocketIoServer(SocketIoServerConfig config) {
    String instance = String.valueOf(INSTANCES.incrementAndGet());
    manager = config.manager();
    ScheduledThreadPoolExecutor timer = Deadlines.thread(HandlerThreads.daemons(instance, "timer"));
    ownThreads.add(timer);
    Deadlines deadlines = Deadlines.on(timer);
    Threads threads =
        new Threads(
            handlerThreads(config, instance, "handler", deadlines),
            handlerThreads(config, instance, "callback", deadlines),
            deadlines);
    namespaces = new EngineIoEvents(config, manager, threads).namespaces();
    endpoint = namespaces.endpoint();
    netty = new NettyServer(nettyConfig(config, instance));
    management = Management.of(config, this, this::condition);
  }

  @Override
  public Namespace of(String name) {
    return namespaces.declare(name);
  }

  @Override
  public NamespaceHandlers<?> of(NamespacePredicate predicate) {
    return namespaces.declare(predicate);
  }

  @Override
  public NamespaceHandlers<?> of(Pattern names) {
    return namespaces.declare(names);
  }

  @Override
  public Collection<Namespace> namespaces() {
    return namespaces.all();
  }

  @Override
  public BroadcastOperator broadcast(String namespace) {
    return endpoint.broadcast(namespace);
  }

  @Override
  public NamespaceHandlers<?> anyNamespace() {
    return endpoint.anyNamespace();
  }

  @Override
  public SocketIoServer onRequest(WebHandler handler) {
    if (!requestsHandled.compareAndSet(false, true)) {
      throw new IllegalStateException("request handler: again (expected: one)");
    }
    netty.onRequest(
        handler,
        endpoint.handlers(),
        (request, cause) -> endpoint.tell(listener -> listener.requestFailed(request, cause)));
    return this;
  }

  @Override
  public synchronized void start() {
    if (state != State.NEW) {
      throw new IllegalStateException("server: " + state + " (expected: NEW)");
    }
    state = State.STARTED;
    try {
      managementAddress = management.map(Management::start).orElse(null);
      startManager();
      address = netty.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new ServerStartException("start: interrupted (expected: to be waited for)", e);
    } catch (ServerStartException e) {
      close();
      throw e;
    } catch (UncheckedIOException e) {
      close();
      throw new ServerStartException(reason(e), e);
    } catch (RuntimeException e) {
      close();
      throw new ServerStartException(String.valueOf(e.getMessage()), e);
    } catch (Error e) {
      close();
      throw e;
    }
  }

  @Override
  public InetSocketAddress address() {
    InetSocketAddress bound = address;
    if (bound == null) {
      throw new IllegalStateException("server: not listening (expected: start() before)");
    }
    return bound;
  }

  @Override
  public InetSocketAddress managementAddress() {
    InetSocketAddress bound = managementAddress;
    if (bound == null) {
      throw new IllegalStateException(
          "management: not listening (expected: managementPort set, and start() before)");
    }
    return bound;
  }

  @Override
  public ServerStatistics statistics() {
    return endpoint.counters().snapshot(endpoint.engine(), namespaces.present());
  }

  @Override
  public HostId hostId() {
    return manager.hostId();
  }

  @Override
  public void reloadCertificate() {
    netty.reloadCertificate();
  }

  @Override
  public ManagerStatistics managerStatistics() {
    return manager.statistics();
  }

  @Override
  public List<HostInfo> hosts() {
    return manager.hostInfos();
  }

  @Override
  public BackendState managerState() {
    return manager.state();
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return manager.whenWritable();
  }

  private Management.Condition condition() {
    return new Management.Condition(address != null, draining, manager.state());
  }

  @Override
  public void close() {
    draining = true;
    end();
  }

  private synchronized void end() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    netty.close();
    try {
      endpoint.openSockets().awaitNone(HANDLERS_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      manager.close();
    } finally {
      ownThreads.forEach(ExecutorService::shutdown);
      management.ifPresent(Management::close);
    }
  }

  private void startManager() throws InterruptedException {
    SocketIoServerConfig config = endpoint.config();
    try {
      manager
          .start(
              new LocalSocketRegistry(namespaces), config.managerListener(), endpoint.callbacks())
          .toCompletableFuture()
          .get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new ServerStartException(reason(e), e);
    } catch (TimeoutException e) {
      throw new ServerStartException(
          "manager: silent (expected: its broker within " + START_TIMEOUT.toSeconds() + " s)", e);
    }
  }

  private NettyServerConfig nettyConfig(SocketIoServerConfig config, String instance) {
    Map<String, EngineIoServer> endpoints = new HashMap<>(config.engineIo());
    endpoints.put(config.path(), endpoint.engine());
    return new NettyServerConfig(
        config.host(),
        config.port(),
        instance,
        config.transport(),
        endpoints,
        config.staticFiles(),
        fault -> endpoint.tell(listener -> listener.certificateRefused(fault)));
  }

  private Executor handlerThreads(
      SocketIoServerConfig config, String instance, String role, Deadlines deadlines) {
    ExecutorService own = HandlerThreads.create(instance, role, config.handlerThreads(), deadlines);
    ownThreads.add(own);
    PromptExecutor promptly = own::execute;
    return config.handlerExecutor().<Executor>map(users -> orElse(users, own)).orElse(promptly);
  }

  /**
   * An executor that gives a task to the second executor if the first one throws. Otherwise a
   * refused batch of events would leave its socket waiting for ever. The first executor may throw
   * although it took the task; a batch that both executors took runs only once.
   */
  private static Executor orElse(Executor first, Executor second) {
    return task -> {
      try {
        first.execute(task);
      } catch (Throwable e) {
        second.execute(task);
      }
    };
  }

  private static String reason(Exception wrapper) {
    Throwable cause = wrapper.getCause();
    return String.valueOf(cause == null ? wrapper.getMessage() : cause.getMessage());
  }
}
