package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BusCount;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.PromptExecutor;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever the executor of users does, a host does what it owes to others. */
@Timeout(30)
class CallbacksTest {

  private final FakeManagerThread clock = new FakeManagerThread();
  private final List<SystemManagerThread> seconds = new ArrayList<>();
  private final FakeWire wire = new FakeWire(clock);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ClusterClientManager other = manager(wire.end(), Runnable::run);

  @AfterEach
  void end() {
    goOn.countDown();
    seconds.forEach(SystemManagerThread::shutdown);
  }

  /** Its clock is set by hand, and it has a real thread for callbacks. */
  private final class TwoThreads implements ManagerThread {
    private final SystemManagerThread second = new SystemManagerThread("test-publisher-0");

    TwoThreads() {
      seconds.add(second);
    }

    @Override
    public void execute(Runnable task) {
      clock.execute(task);
    }

    @Override
    public long nanoTime() {
      return clock.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return clock.currentTimeMillis();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return clock.schedule(delay, task);
    }

    @Override
    public Executor handOver() {
      return second.handOver();
    }

    @Override
    public void shutdown() {}
  }

  private ClusterClientManager manager(FakeWire.End end, Executor callbacks) {
    ClusterClientManager host =
        new ClusterClientManager(end, PubSubSettings.DEFAULTS, new TwoThreads());
    host.start(new FakeSockets(), ManagerListener.NONE, callbacks);
    clock.advance(Duration.ofSeconds(2));
    return host;
  }

  private static CompletableFuture<Accepted> emit(ClusterClientManager host) {
    return host.perform(
            "/", new Operation.Emit(Recipients.ALL, FakeSockets.payload("[1]")), Scope.CLUSTER)
        .toCompletableFuture();
  }

  private CompletableFuture<HostResponses<Integer>> count(ClusterClientManager host) {
    CompletionStage<HostResponses<Integer>> asked =
        host.ask("/", new Question.Count(Recipients.ALL), Scope.CLUSTER, Duration.ofMinutes(1));
    clock.run();
    return asked.toCompletableFuture();
  }

  /** As a bounded pool whose queue is full and that waits for room. */
  private void block(Runnable task) {
    try {
      assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    task.run();
  }

  @Test
  void aHostWhoseExecutorBlocksStaysAliveAndAnswers() {
    ClusterClientManager blocked = manager(wire.end(), this::block);
    CompletableFuture<Accepted> first = emit(blocked);
    clock.advance(Duration.ofMinutes(1));

    assertThat(other.hosts()).contains(blocked.hostId());
    assertThat(count(other))
        .succeedsWithin(Duration.ofSeconds(20))
        .matches(all -> all.answers().size() == 2);
    assertThat(first).isNotDone();
    goOn.countDown();
    assertThat(first).succeedsWithin(Duration.ofSeconds(20));
  }

  @Test
  void aHostWhoseExecutorBlocksRepeatsWhatOthersMissed() {
    ClusterClientManager blocked = manager(wire.end(), this::block);
    FakeSockets sockets = new FakeSockets();
    FakeWire.End end = wire.end();
    ClusterClientManager receiver =
        new ClusterClientManager(end, PubSubSettings.DEFAULTS, new TwoThreads());
    receiver.start(sockets, ManagerListener.NONE, Runnable::run);
    clock.advance(Duration.ofSeconds(2));
    end.miss(1);
    for (int i = 0; i < 3; i++) {
      assertThat(emit(blocked)).isNotDone();
      clock.run();
    }

    assertThat(sockets.received).hasSize(3);
    assertThat(receiver.statistics().get(BusCount.MISSING)).isZero();
  }

  @Test
  void whatTheExecutorRefusesCompletesAllTheSame() {
    ClusterClientManager refused =
        manager(
            wire.end(),
            task -> {
              throw new RejectedExecutionException("full");
            });
    CompletableFuture<Accepted> emitted = emit(refused);
    CompletableFuture<HostResponses<Integer>> counted = count(refused);

    assertThat(emitted).succeedsWithin(Duration.ofSeconds(20));
    assertThat(counted).succeedsWithin(Duration.ofSeconds(20)).matches(HostResponses::complete);
  }

  @Test
  void anExecutorThatRunsTasksAtOnceRunsThemOnTheThreadForCallbacks() {
    ClusterClientManager direct = manager(wire.end(), Runnable::run);
    CompletableFuture<String> where =
        emit(direct).thenApply(accepted -> Thread.currentThread().getName());
    clock.run();

    assertThat(where).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("test-callbacks-0");
  }

  @Test
  void anExecutorThatNeverBlocksIsCalledWithoutAnotherThread() {
    List<Thread> callers = new ArrayList<>();
    PromptExecutor prompt = task -> callers.add(Thread.currentThread());
    ClusterClientManager host = manager(wire.end(), prompt);
    callers.clear();

    assertThat(emit(host)).isNotDone();
    clock.run();

    assertThat(callers).containsExactly(Thread.currentThread());
  }

  @Test
  void whatAnExecutorThatNeverBlocksRefusesCompletesOnAnotherThread() {
    PromptExecutor ended =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    CompletableFuture<Thread> where =
        emit(manager(wire.end(), ended)).thenApply(accepted -> Thread.currentThread());
    clock.run();

    assertThat(where).succeedsWithin(Duration.ofSeconds(20)).isNotEqualTo(Thread.currentThread());
  }

  @Test
  void whileTooManyStagesWaitForTheirExecutorOperationsAndQuestionsAreRefusedAtOnce() {
    ClusterClientManager blocked = manager(wire.end(), this::block);
    List<CompletableFuture<Accepted>> accepted = new ArrayList<>();
    for (int i = 0; i <= Callbacks.MAX_WAITING + 1; i++) {
      accepted.add(emit(blocked));
      clock.run();
    }

    assertThat(emit(blocked))
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(Exception.class)
        .withCauseInstanceOf(BackendUnavailableException.class)
        .withMessageContaining("callbacks: 10000 wait");
    assertThat(count(blocked))
        .isCompletedWithValueMatching(all -> all.missing().containsKey(other.hostId()));
    assertThat(blocked.statistics().get(BusCount.REFUSED)).isPositive();
    goOn.countDown();
    assertThat(accepted.get(Callbacks.MAX_WAITING / 2)).succeedsWithin(Duration.ofSeconds(20));
  }
}
