package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.Broker.Connection;
import io.starling.manager.pubsub.Broker.Opening;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection of a broker back end open. It opens the connection, tells the listener of
 * each loss and return, and opens the next connection after a jittered back-off of at most 2 s. A
 * lost connection is never used again. {@link #close()} works at any time, also while a connection
 * is being opened.
 *
 * <p>The connection and the listener are called on a thread that belongs to this object. The
 * methods of this class may be called on any thread and return at once, unless they say otherwise.
 *
 * @param <C> the type of a connection; connections are compared by identity
 */
public final class Reconnecting<C extends Connection> implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnecting.class);
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;

  /** A connection that was up for longer than this resets the back-off to its shortest value. */
  private static final Duration GOOD = Duration.ofSeconds(5);

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final ManagerThread thread;
  private final Direction direction;
  private final BrokerAddress address;
  private final Opening<C> opener;

  /**
   * Completes when the first connection is up, or has failed and is not tried again. It is complete
   * from the start if a first attempt that fails is repeated.
   */
  private final CompletableFuture<Void> firstUp = new CompletableFuture<>();

  /** Completes when everything is closed. */
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * The connection that was opened last, from its opening until it is lost or closed; else null.
   */
  private final AtomicReference<@Nullable C> current = new AtomicReference<>();

  /**
   * The connection that was opened last, until {@link Connection#close} has returned; else null.
   */
  private volatile @Nullable C unclosed;

  /**
   * The current connection if publishers and subscribers may use it: it is prepared and not blocked
   * by the peer. Else null.
   */
  private volatile @Nullable C usable;

  /** Whether the peer sent anything since the last check began. */
  private volatile boolean heard;

  private volatile boolean closed;

  /** Whether the thread accepts no more tasks. Guarded by this. */
  private boolean over;

  /** The second step of a preparation. Set before the start. */
  private Function<C, CompletionStage<Void>> restore = made -> DONE;

  // Only the thread of this object reads and writes the fields from here on.
  private @Nullable Listener listener;
  private ManagerThread.@Nullable Cancellable timer;

  /** Whether a connection is being opened. */
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
   * Opens no connection yet.
   *
   * @param thread belongs to this object from now on
   * @param direction the direction that is passed to the listener
   * @param address appears in the error messages that the listener and {@link #start} get
   */
  Reconnecting(
      ManagerThread thread, Direction direction, BrokerAddress address, Opening<C> opener) {
    this.thread = thread;
    this.direction = direction;
    this.address = address;
    this.opener = opener;
  }

  /**
   * Adds a second step to each preparation. The connection is up when the stage of this step has
   * completed, too. Call this before the start.
   */
  void restoring(Function<C, CompletionStage<Void>> step) {
    restore = step;
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
  CompletionStage<Void> start(Listener listener, boolean keepTryingAtFirst) {
    if (keepTryingAtFirst) {
      firstUp.complete(null);
    }
    thread.execute(
        () -> {
          this.listener = new GuardedListener(listener);
          attempt();
        });
    return firstUp;
  }

  /** Returns the connection to use now; null while none is up, or while the peer blocks. */
  @Nullable C connection() {
    return usable;
  }

  /** Returns the address of the broker, which writes the errors of this link. */
  public BrokerAddress address() {
    return address;
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
  @Override
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
  CompletionStage<Void> close() {
    closed = true;
    thread.execute(this::leave);
    return ended;
  }

  /**
   * Cuts the connection that still exists after {@link #close()}, so that closing does not wait for
   * the peer.
   */
  void cut() {
    C last = unclosed;
    if (last != null) {
      cut(last, address.closed());
    }
  }

  private void attempt() {
    if (closed) {
      return;
    }
    opening = true;
    ask(() -> opener.open(this))
        .whenComplete(
            (made, error) ->
                thread.execute(() -> opened(made, error == null ? null : root(error))));
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
      unclosed = made;
      current.set(made);
      await(
          made,
          () -> made.prepare().thenComposeAsync(done -> restore.apply(made), this),
          () -> prepared(made));
    }
  }

  private void prepared(C made) {
    up = true;
    upSinceNanos = thread.nanoTime();
    use(made);
    if (firstUp.isDone()) {
      listener().connectionRestored(direction);
    }
    firstUp.complete(null);
    checkLater(made);
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
        watched.checkInterval(),
        () -> {
          heard = false;
          await(watched, watched::check, () -> checkLater(watched));
        });
  }

  /**
   * Asks a question about a connection, and goes on when it is answered. The connection is lost
   * when the question fails, or is not answered in time although the peer was not heard either.
   */
  private void await(C asked, Callable<CompletionStage<?>> question, Runnable next) {
    long patienceMillis = asked.patience().toMillis();
    after(
        asked.patience(),
        () -> {
          if (heard && up) {
            checkLater(asked);
          } else {
            lost(asked, new TimeoutException("no answer within " + patienceMillis + " ms"));
          }
        });
    ask(question)
        .whenComplete(
            (done, error) ->
                thread.execute(
                    () -> {
                      if (error != null) {
                        lost(asked, root(error));
                      } else if (isCurrent(asked)) {
                        next.run();
                      }
                    }));
  }

  /** Asks a question. An exception or error that is thrown becomes a failed stage. */
  static <T> CompletionStage<? extends T> ask(
      Callable<? extends CompletionStage<? extends T>> question) {
    try {
      return question.call();
    } catch (Throwable e) {
      return CompletableFuture.failedStage(e);
    }
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
    if (!firstUp.isDone()) {
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
      release(last);
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
      connection.cut(cause);
    } catch (Throwable e) {
      LOG.warn("{}: a connection cannot be cut", address, e);
    }
  }

  private void release(C connection) {
    try {
      connection.close();
    } catch (Throwable e) {
      LOG.debug("{}: closing a connection", address, e);
    }
    unclosed = null;
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

  /** Returns the error without the wrapper that a dependent stage puts around it. */
  static Throwable root(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
