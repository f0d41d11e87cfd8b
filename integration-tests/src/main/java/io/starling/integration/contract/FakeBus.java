package io.starling.integration.contract;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A broker inside the JVM that fails on demand. Each back end receives its frames on a thread of
 * its own, in the order in which they were published.
 */
public final class FakeBus {
  private final List<Backend> backends = new CopyOnWriteArrayList<>();
  private volatile boolean down;
  private volatile boolean duplicating;
  private volatile int failing;
  private volatile int dropping;

  /** Creates a connection to this bus, for one manager or one publisher. */
  public PubSubBackend backend() {
    return new Backend();
  }

  /** Breaks every connection. Publishing fails until {@link #goUp()}. */
  public void goDown() {
    down = true;
    backends.forEach(
        backend -> backend.tell(Direction.values(), new IllegalStateException("bus: down")));
  }

  /** Restores every connection, the publishing direction before the subscribing one. */
  public void goUp() {
    down = false;
    backends.forEach(backend -> backend.tell(Direction.values(), null));
  }

  /**
   * Lets one connection receive nothing until {@link #restoreSubscriptions()}. Frames that are
   * published meanwhile are lost for this connection.
   *
   * @param connection counted from 0, in the order in which the connections were started
   */
  public void loseSubscriptions(int connection) {
    Backend backend = backends.get(connection);
    backend.deaf = true;
    backend.tell(
        new Direction[] {Direction.SUBSCRIBE},
        new IllegalStateException("bus: subscriptions lost"));
  }

  /** Lets every connection receive frames again. */
  public void restoreSubscriptions() {
    for (Backend backend : backends) {
      if (backend.deaf) {
        backend.deaf = false;
        backend.tell(new Direction[] {Direction.SUBSCRIBE}, null);
      }
    }
  }

  /**
   * With {@code on}, accepts the frames of one connection but does not deliver them. Without {@code
   * on}, delivers these frames in their order. Frames of other connections overtake them.
   *
   * @param connection counted from 0, in the order in which the connections were started
   */
  public void delay(int connection, boolean on) {
    Backend backend = backends.get(connection);
    backend.holding = on;
    if (!on) {
      for (Runnable next = backend.held.poll(); next != null; next = backend.held.poll()) {
        next.run();
      }
    }
  }

  /** Sets whether each frame is delivered twice. */
  public void duplicate(boolean on) {
    duplicating = on;
  }

  /** Lets this many of the next publishes fail although their frames are delivered. */
  public void failAfterDelivery(int publishes) {
    failing = publishes;
  }

  /** Lets this many of the next publishes succeed although their frames are delivered to nobody. */
  public void drop(int publishes) {
    dropping = publishes;
  }

  /** Delivers these bytes to every subscriber of a channel, as a broken or hostile sender would. */
  public void inject(String channel, ByteBuffer frame) {
    deliver(channel, frame);
  }

  /** The number of open connections. */
  public int connections() {
    return backends.size();
  }

  private synchronized CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    if (down) {
      return CompletableFuture.failedStage(new IllegalStateException("bus: down"));
    }
    if (dropping > 0) {
      dropping--;
      return CompletableFuture.completedStage(0);
    }
    int receivers = deliver(channel, frame);
    if (duplicating) {
      deliver(channel, frame);
    }
    if (failing > 0) {
      failing--;
      return CompletableFuture.failedStage(new IllegalStateException("bus: reply lost"));
    }
    return CompletableFuture.completedStage(receivers);
  }

  private int deliver(String channel, ByteBuffer frame) {
    int receivers = 0;
    for (Backend backend : backends) {
      if (!backend.deaf && backend.channels.contains(channel)) {
        receivers++;
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
        backend.run(
            listener -> {
              backend.gate.pass();
              listener.frame(channel, copy);
            });
      }
    }
    return receivers;
  }

  /** A gate that blocks the threads that want to pass, while it is closed. */
  private static final class Gate {
    private boolean closed;

    synchronized void pause() {
      closed = true;
    }

    synchronized void resume() {
      closed = false;
      notifyAll();
    }

    synchronized void pass() {
      while (closed) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /** One connection of the bus. */
  private final class Backend implements PubSubBackend {
    private final Set<String> channels = ConcurrentHashMap.newKeySet();
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "fake-bus");
              made.setDaemon(true);
              return made;
            });
    private @Nullable volatile Listener listener;
    private volatile boolean deaf;
    private volatile boolean holding;
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final Gate gate = new Gate();

    @Override
    public CompletionStage<Void> start(
        Set<Direction> directions, PubSubSettings settings, Listener listener) {
      if (down && !settings.keepTrying()) {
        return CompletableFuture.failedStage(new IllegalStateException("bus: down"));
      }
      this.listener = listener;
      backends.add(this);
      if (settings.keepTrying() && !down) {
        tell(Direction.values(), null);
      }
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
      if (thread.isShutdown()) {
        return CompletableFuture.failedStage(new IllegalStateException("bus: closed"));
      }
      if (holding) {
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
        held.add(() -> deliver(channel, copy));
        return CompletableFuture.completedStage(1);
      }
      return FakeBus.this.publish(channel, frame);
    }

    @Override
    public CompletionStage<Void> subscribe(String channel) {
      channels.add(channel);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> unsubscribe(String channel) {
      channels.remove(channel);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void pause() {
      gate.pause();
    }

    @Override
    public void resume() {
      gate.resume();
    }

    @Override
    public Set<Capability> capabilities() {
      return EnumSet.of(Capability.COUNTS_RECEIVERS);
    }

    @Override
    public void close(Duration timeout) {
      backends.remove(this);
      thread.shutdownNow();
    }

    void tell(Direction[] directions, @Nullable Throwable lost) {
      for (Direction direction : directions) {
        run(
            heard -> {
              if (lost == null) {
                heard.connectionRestored(direction);
              } else {
                heard.connectionLost(direction, lost);
              }
            });
      }
    }

    void run(Consumer<Listener> event) {
      Listener heard = listener;
      if (heard != null) {
        try {
          thread.execute(() -> event.accept(heard));
        } catch (RejectedExecutionException e) {
          backends.remove(this);
        }
      }
    }
  }
}
