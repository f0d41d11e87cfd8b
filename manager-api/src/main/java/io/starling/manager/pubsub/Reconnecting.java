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
 * Keeps one connection of a broker back end open. It opens the connection, tells the listener of
 * each loss and return, and opens the next connection after a jittered back-off of at most 2 s. A
 * lost connection is never used again. {@link #close()} works at any time, also while a connection
 * is being opened.
 *
 * <p>The {@link Driver} and the listener are called on a thread that belongs to this object. The
 * methods of this class may be called on any thread and return at once, unless they say otherwise.
 *
 * @param <C> the type of a connection; connections are compared by identity
 */
public final class Reconnecting<C> {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;

  /** A connection that was up for longer than this resets the back-off to its shortest value. */
  private static final Duration GOOD = Duration.ofSeconds(5);

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final ManagerThread thread;
  private final Direction direction;
  private final BrokerAddress address;
  private final Driver<C> driver;

  /** Completes when the first connection is up, or has failed and is not tried again. */
  private final CompletableFuture<Void> firstUp = new CompletableFuture<>();

  /** Completes when everything is closed. */
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * The connection that was opened last, from its opening until it is lost or closed; else null.
   */
  private final AtomicReference<@Nullable C> current = new AtomicReference<>();

  /**
   * The current connection if publishers and subscribers may use it: it is prepared and not blocked
   * by the peer. Else null.
   */
  private volatile @Nullable C usable;

  /** The connection that {@link #close()} is closing at the moment; else null. */
  private volatile @Nullable C leaving;

  /** Whether the peer sent anything since the last check began. */
  private volatile boolean heard;

  private volatile boolean closed;

  /** Whether the thread accepts no more tasks. Guarded by this. */
  private boolean over;

  // Only the thread of this object reads and writes the fields from here on.
  private @Nullable Listener listener;
  private ManagerThread.@Nullable Cancellable timer;
  private boolean keepTrying;

  /** Whether the driver is opening a connection. */
  private boolean opening;

  /** Whether {@link #leave()} has run. */
  private boolean left;

  /** Whether the current connection is prepared. */
  private boolean up;

  /** Whether the peer of the current connection takes nothing at the moment. */
  private boolean blocked;

  /** How many attempts were scheduled since the back-off was last reset. */
  private int failures;

  private long upSinceNanos;

  /**
   * The broker-specific part of a back end: how to open, prepare, check and close one connection.
   * The methods are called on the thread of the {@link Reconnecting}, unless they say otherwise.
   *
   * @param <C> the type of a connection
   */
  public interface Driver<C> {
    /**
     * Opens a connection. May block for the peer, but must end by itself: the stage completes or
     * fails. A connection that is opened after {@link Reconnecting#close()} is closed at once.
     */
    CompletionStage<C> open() throws Exception;

    /**
     * Prepares a new connection, for example by subscriptions or declarations. The stage must
     * complete only when all of them are in force, because the connection then counts as up. May
     * block for the peer.
     */
    default CompletionStage<?> prepare(C connection) throws Exception {
      return DONE;
    }

    /**
     * Asks the peer for a sign of life. The connection is lost when the stage fails, or does not
     * complete within {@link #patience()}. In the second case {@link Reconnecting#heard()} saves
     * the connection if it was called since the check began.
     */
    default CompletionStage<?> check(C connection) throws Exception {
      return DONE;
    }

    /**
     * Makes every call fail that waits for the peer of this connection, without waiting for the
     * peer. It is called when the connection is lost, before {@link #close}, and when a regular
     * close takes too long. Any thread; may be called more than once.
     *
     * @param cause the reason that the waiting calls fail with
     */
    default void cut(C connection, Throwable cause) {}

    /**
     * Closes a connection and frees what belongs to it. May block for the peer for at most 1 s;
     * after {@link #cut} it must not block for the peer.
     */
    void close(C connection);

    /**
     * The time between two checks of a connection, and between its preparation and the first check.
     */
    default Duration checkInterval() {
      return Duration.ofSeconds(5);
    }

    /** The time limit of {@link #prepare} and of each {@link #check}. */
    default Duration patience() {
      return Duration.ofSeconds(5);
    }
  }

  /**
   * Starts the thread, but opens no connection yet.
   *
   * @param threadName the name of the thread
   * @param direction the direction that is passed to the listener
   * @param address appears in the error messages that the listener and {@link #start} get
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
   * Opens the first connection. Call this once.
   *
   * @param listener hears of each loss and return; of the first connection only with {@code
   *     keepTryingAtFirst}. Its exceptions are logged.
   * @param keepTryingAtFirst whether a first attempt that fails is repeated, as later attempts are
   * @return completes when the first connection is up, or fails with the reason. With {@code
   *     keepTryingAtFirst} the stage is complete at once.
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

  /** Returns the connection to use now; null while none is up, or while the peer blocks. */
  public @Nullable C connection() {
    return usable;
  }

  /** Whether this connection is neither lost nor closed. It need not be up yet. */
  public boolean isCurrent(C connection) {
    return current.get() == connection;
  }

  /**
   * Runs a task on the thread of this object. After the end of that thread the task runs on the
   * calling thread. No task is dropped, because somebody may wait for the stage that the task
   * completes.
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

  /**
   * Call this when the peer sent anything. It proves that the peer is alive, even if the running
   * check is not answered yet.
   */
  public void heard() {
    heard = true;
  }

  /**
   * Reports that a connection no longer works. It is cut and closed, and another one is opened.
   * Ignored unless the connection is current.
   */
  public void lost(C connection, Throwable cause) {
    synchronized (this) { // leave() must find either the connection or the task that releases it.
      if (current.compareAndSet(connection, null)) {
        usable = null;
        cut(connection, cause);
        thread.execute(() -> replace(connection, cause));
      }
    }
  }

  /**
   * Drops the connection that is in use, so that another one is opened. Does nothing while none is.
   */
  public void reconnect(Throwable cause) {
    C now = usable;
    if (now != null) {
      lost(now, cause);
    }
  }

  /**
   * Reports that the peer takes no data at the moment. The listener is told of a loss, but the
   * connection is kept.
   */
  public void blocked(C connection, Throwable cause) {
    if (isCurrent(connection)) {
      // This must not wait for the thread, which may itself be stuck in a write to this peer.
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

  /**
   * Reports that the peer takes data again after {@link #blocked}. The listener is told that the
   * connection is restored.
   */
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
   * Closes the connection for good and opens no other. Idempotent.
   *
   * @return completes when no connection is left, none will be opened, and the thread is ending
   */
  public CompletionStage<Void> close() {
    closed = true;
    thread.execute(this::leave);
    return ended;
  }

  /**
   * Cuts the connection that still exists after {@link #close()}, so that closing does not wait for
   * the peer.
   */
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

  /** Asks the driver for a connection. */
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

  /** Puts a connection into use, unless another thread reports its loss at the same time. */
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

  /** Loses the connection after {@link Driver#patience()}, unless the peer was heard by then. */
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

  /** Releases a lost connection and schedules the next attempt. */
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

  /** An attempt failed: the start fails, or the next attempt is scheduled. */
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

  /**
   * The back-off before the next attempt, in milliseconds. Its upper bound doubles from 50 ms to 2
   * s; the result is a random value between half of the bound and the bound.
   */
  static long backoffMillis(int failures) {
    long full = Math.min(MAX_BACKOFF_MILLIS, MIN_BACKOFF_MILLIS << Math.min(failures, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }

  /**
   * Closes the current connection. Runs after the tasks that were queued before {@link #close()}.
   */
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

  /**
   * Ends the thread after the tasks that are already queued, such as the release of a lost
   * connection.
   */
  private void end() {
    synchronized (this) {
      over = true;
    }
    thread.execute(
        () -> {
          // shutdown() interrupts this thread, so the code that depends on the stage must run
          // before.
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

  /**
   * Starts the only timer of this object. It stands for the next attempt, the next check, or the
   * time limit of a check; starting it cancels the previous one.
   */
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
