package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection of a back end up: opens it, tells the listener of its loss and return, opens
 * the next one after a jittered back-off of 2 s at most, and closes at any time, also while a
 * connection is being opened. Each connection lives once: after its loss another one is opened.
 *
 * <p>Has a thread of its own, on which the {@link Driver} and the listener are called. The methods
 * here may be called on any thread, and return at once unless they say otherwise.
 *
 * @param <C> a connection; connections are told apart by identity
 */
public final class Reconnecting<C> {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;

  /** A connection that held for so long was a good one: the next back-off is short again. */
  private static final Duration GOOD = Duration.ofSeconds(5);

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final ManagerThread thread;
  private final Direction direction;
  private final BrokerAddress address;
  private final Driver<C> driver;
  private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** The connection that was opened last, until it is lost or closed. */
  private final AtomicReference<@Nullable C> current = new AtomicReference<>();

  /** The current connection while it is in full use: prepared, and not blocked by its peer. */
  private volatile @Nullable C usable;

  /** The connection that is being closed because this object is. */
  private volatile @Nullable C leaving;

  private volatile boolean heard;
  private volatile boolean closed;

  /** Whether the thread takes no more tasks. Guarded by this. */
  private boolean over;

  // The rest belongs to the thread.
  private @Nullable Listener listener;
  private ManagerThread.@Nullable Cancellable timer;
  private boolean keepTrying;
  private boolean opening;
  private boolean left;
  private boolean up;
  private boolean blocked;
  private int failures;
  private long upSinceNanos;

  /**
   * What a back end supplies. Called on the thread of the {@link Reconnecting}, unless a method
   * says otherwise.
   *
   * @param <C> a connection
   */
  public interface Driver<C> {
    /**
     * Opens a connection. May wait for the peer, but must end by itself, successful or not. A
     * connection that comes after {@link Reconnecting#close()} is closed at once.
     */
    CompletionStage<C> open() throws Exception;

    /**
     * Readies a new connection: declares, subscribes. The connection is up when the stage
     * completes, so everything must be in force by then. May wait for the peer.
     */
    default CompletionStage<?> prepare(C connection) throws Exception {
      return DONE;
    }

    /**
     * Asks the peer for a sign of life. A stage that fails, or is not complete after {@link
     * #patience()}, loses the connection, unless {@link Reconnecting#heard()} was called meanwhile.
     */
    default CompletionStage<?> check(C connection) throws Exception {
      return DONE;
    }

    /**
     * Makes everything fail that waits for the peer of this connection, without waiting for that
     * peer. Comes before {@link #close} when the connection is lost, or when its polite end takes
     * too long. Any thread, and possibly more than once.
     */
    default void cut(C connection, Throwable cause) {}

    /** Releases a connection. May wait for the peer for 1 s, unless the connection was cut. */
    void close(C connection);

    /** How long after its last check, or after it came up, a connection is checked. */
    default Duration checkInterval() {
      return Duration.ofSeconds(5);
    }

    /** How long {@link #prepare} may take, and each {@link #check}. */
    default Duration patience() {
      return Duration.ofSeconds(5);
    }
  }

  /**
   * Opens nothing yet.
   *
   * @param threadName of the one thread
   * @param direction what the listener is told about
   * @param address goes into the reasons that the listener is told
   */
  public Reconnecting(
      String threadName, Direction direction, BrokerAddress address, Driver<C> driver) {
    this(ManagerThread.start(threadName), direction, address, driver);
  }

  Reconnecting(ManagerThread thread, Direction direction, BrokerAddress address, Driver<C> driver) {
    this.thread = thread;
    this.direction = direction;
    this.address = address;
    this.driver = driver;
  }

  /**
   * Opens the first connection.
   *
   * @param listener whatever it throws is logged; it is told of the first connection only with
   *     {@code keepTryingAtFirst}
   * @param keepTryingAtFirst whether a first connection that fails is tried again, like later ones
   * @return completes when the first connection is up, or fails with the reason why it is not; with
   *     {@code keepTryingAtFirst} it is complete at once
   */
  public CompletionStage<Void> start(Listener listener, boolean keepTryingAtFirst) {
    thread.execute(
        () -> {
          this.listener = new GuardedListener(listener);
          this.keepTrying = keepTryingAtFirst;
          attempt();
        });
    return keepTryingAtFirst ? DONE : firstUp;
  }

  /** The connection to use now; null while there is none, or while its peer blocks. */
  public @Nullable C connection() {
    return usable;
  }

  /** Whether this connection is neither lost nor closed, though it may not be up yet. */
  public boolean isCurrent(C connection) {
    return current.get() == connection;
  }

  /**
   * Runs a task on the thread; once everything is closed and the thread has ended, on the caller's.
   * No task is dropped, because somebody may wait for what it completes.
   */
  public void execute(Runnable task) {
    synchronized (this) {
      if (!over) {
        thread.execute(task);
        return;
      }
    }
    task.run();
  }

  /** Something came in, so the peer lives, whether it answered the last check or not. */
  public void heard() {
    heard = true;
  }

  /**
   * This connection is of no use any more: it is cut, and another one is opened. Ignored unless the
   * connection is current.
   */
  public void lost(C connection, Throwable cause) {
    synchronized (this) { // so that leave() finds either the connection or the task to release it
      if (current.compareAndSet(connection, null)) {
        usable = null;
        cut(connection, cause);
        thread.execute(() -> replace(connection, cause));
      }
    }
  }

  /** Loses the connection in use, if there is one. */
  public void reconnect(Throwable cause) {
    C now = usable;
    if (now != null) {
      lost(now, cause);
    }
  }

  /** The peer takes nothing for now. Told to the listener as a loss, but the connection is kept. */
  public void blocked(C connection, Throwable cause) {
    if (isCurrent(connection)) {
      // At once: the thread may be stuck in a write to this very peer.
      usable = null;
    }
    thread.execute(
        () -> {
          if (isCurrent(connection) && up && !blocked) {
            blocked = true;
            usable = null;
            listener().connectionLost(direction, address.unavailable(Outcome.UNKNOWN, cause));
          }
        });
  }

  /** Ends {@link #blocked}. */
  public void unblocked(C connection) {
    thread.execute(
        () -> {
          if (isCurrent(connection) && blocked) {
            blocked = false;
            use(connection);
            listener().connectionRestored(direction);
          }
        });
  }

  /**
   * Closes the connection, if any, for good. Idempotent.
   *
   * @return completes when there is no connection any more, and none will come
   */
  public CompletionStage<Void> close() {
    closed = true;
    thread.execute(this::leave);
    return ended;
  }

  /** Cuts whatever connection there still is after {@link #close()}. */
  public void cut() {
    BackendUnavailableException cause = address.closed();
    C now = current.get();
    if (now != null) {
      cut(now, cause);
    }
    C last = leaving;
    if (last != null) {
      cut(last, cause);
    }
  }

  private void attempt() {
    if (closed) {
      return;
    }
    opening = true;
    CompletionStage<C> made;
    try {
      made = driver.open();
    } catch (Throwable e) {
      made = CompletableFuture.failedStage(e);
    }
    made.whenComplete(
        (connection, error) -> thread.execute(() -> opened(connection, unwrapped(error))));
  }

  private void opened(@Nullable C made, @Nullable Throwable error) {
    opening = false;
    if (closed) {
      if (made != null) {
        release(made);
      }
      if (left) {
        end();
      }
    } else if (made == null) {
      failed(error == null ? new IllegalStateException("no connection") : error);
    } else {
      current.set(made);
      loseAfterPatience(made);
      ask(() -> driver.prepare(made))
          .whenComplete((done, e) -> thread.execute(() -> prepared(made, unwrapped(e))));
    }
  }

  private void prepared(C made, @Nullable Throwable error) {
    if (error != null) {
      lost(made, error);
    } else if (isCurrent(made)) {
      up = true;
      upSinceNanos = thread.nanoTime();
      use(made);
      if (keepTrying || firstUp.isDone()) {
        listener().connectionRestored(direction);
      }
      firstUp.complete(null);
      checkLater(made);
    }
  }

  /** A loss that comes at the same time, on another thread, wins. */
  private void use(C connection) {
    usable = connection;
    if (!isCurrent(connection)) {
      usable = null;
    }
  }

  private void checkLater(C watched) {
    after(
        driver.checkInterval(),
        () -> {
          heard = false;
          loseAfterPatience(watched);
          ask(() -> driver.check(watched))
              .whenComplete((done, e) -> thread.execute(() -> checked(watched, unwrapped(e))));
        });
  }

  private void checked(C watched, @Nullable Throwable error) {
    if (error != null) {
      lost(watched, error);
    } else if (isCurrent(watched)) {
      checkLater(watched);
    }
  }

  private void loseAfterPatience(C watched) {
    after(
        driver.patience(),
        () -> {
          if (heard && up) {
            checkLater(watched);
          } else {
            lost(
                watched,
                new TimeoutException("no answer within " + driver.patience().toMillis() + " ms"));
          }
        });
  }

  private static CompletionStage<?> ask(Question question) {
    try {
      return question.ask();
    } catch (Throwable e) {
      return CompletableFuture.failedStage(e);
    }
  }

  @FunctionalInterface
  private interface Question {
    CompletionStage<?> ask() throws Exception;
  }

  private void replace(C gone, Throwable cause) {
    stopTimer();
    boolean told = up && !blocked;
    boolean wasUp = up;
    up = false;
    blocked = false;
    if (wasUp && thread.nanoTime() - upSinceNanos > GOOD.toNanos()) {
      failures = 0;
    }
    if (told && !closed) {
      listener().connectionLost(direction, address.unavailable(Outcome.UNKNOWN, cause));
    }
    release(gone);
    if (wasUp) {
      attemptLater();
    } else {
      failed(cause);
    }
  }

  private void failed(Throwable cause) {
    BackendUnavailableException why = address.unavailable(Outcome.NOT_SENT, cause);
    if (!keepTrying && !firstUp.isDone()) {
      firstUp.completeExceptionally(cause instanceof IllegalArgumentException ? cause : why);
    } else if (!closed) {
      listener().attemptFailed(direction, why);
      attemptLater();
    }
  }

  private void attemptLater() {
    if (!closed) {
      after(Duration.ofMillis(backoffMillis(failures++)), this::attempt);
    }
  }

  /** Doubles from 50 ms to 2 s; half of it is chance. */
  static long backoffMillis(int failures) {
    long full = Math.min(MAX_BACKOFF_MILLIS, MIN_BACKOFF_MILLIS << Math.min(failures, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }

  /** The tasks that were there before the close have run. */
  private void leave() {
    left = true;
    stopTimer();
    firstUp.completeExceptionally(address.closed());
    C last;
    synchronized (this) {
      last = current.getAndSet(null);
      usable = null;
    }
    if (last != null) {
      leaving = last;
      release(last);
      leaving = null;
    }
    if (!opening) {
      end();
    }
  }

  /** Behind the tasks that the thread was given, such as the release of a lost connection. */
  private void end() {
    synchronized (this) {
      over = true;
    }
    thread.execute(
        () -> {
          // In this order: the end of the thread interrupts whoever waits on it for something.
          ended.complete(null);
          thread.shutdown();
        });
  }

  private void cut(C connection, Throwable cause) {
    try {
      driver.cut(connection, cause);
    } catch (Throwable e) {
      LOG.warn("{}: a connection cannot be cut", address, e);
    }
  }

  private void release(C connection) {
    try {
      driver.close(connection);
    } catch (Throwable e) {
      LOG.debug("{}: closing a connection", address, e);
    }
  }

  /** There is one timer: for the next attempt, the next check, or the answer to the last one. */
  private void after(Duration delay, Runnable task) {
    stopTimer();
    timer = thread.schedule(delay, task);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private Listener listener() {
    return requireNonNull(listener, "listener");
  }

  private static @Nullable Throwable unwrapped(@Nullable Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
