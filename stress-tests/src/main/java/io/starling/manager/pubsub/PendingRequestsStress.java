package io.starling.manager.pubsub;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.Operation;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Recipients;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Gathering;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/** Answers that come while a host leaves, while time is up, or before the hosts are known. */
public final class PendingRequestsStress {
  private static final HostId HOST = new HostId("host");
  private static final SocketId SOCKET = new SocketId("socket");
  private static final EventPayload ANSWER =
      new EventPayload(ByteBuffer.wrap(new byte[] {'[', ']'}), List.of());
  private static final EmitWithAck QUESTION =
      new EmitWithAck(new Operation.Emit(Recipients.ALL, ANSWER));

  private PendingRequestsStress() {}

  /** Results: requests that stay, deadlines that stay, whether the result fits the answers. */
  @JCStressTest
  @Outcome(id = "0, 0, true", expect = ACCEPTABLE, desc = "one result, and nothing stays")
  @State
  public static class AnsweredWhileTheHostLeaves {
    private final CountingClock clock = new CountingClock();
    private final PendingRequests pending = new PendingRequests(clock);
    private final Gathering<AckResponses<EventPayload>> request = new Gathering<>(QUESTION);
    private final long id;

    /** With a question to one host. */
    public AnsweredWhileTheHostLeaves() {
      id = pending.open(request, Duration.ofSeconds(1), () -> {});
      request.expect(Set.of(HOST), true);
    }

    /** The host says whom it asked, and what that client answered. */
    @Actor
    public void answer() {
      pending.answered(id, HOST, new Asked(1));
      pending.answered(id, HOST, new Acked(SOCKET, ANSWER));
    }

    /** The host is gone. */
    @Actor
    public void leave() {
      pending.hostLeft(HOST);
    }

    /** Looks for what stays. */
    @Arbiter
    public void look(IIZ_Result result) {
      result.r1 = pending.size();
      result.r2 = clock.waiting.get();
      AckResponses<EventPayload> responses = request.result().toCompletableFuture().getNow(null);
      result.r3 =
          responses != null && responses.complete() == responses.answers().containsKey(SOCKET);
    }
  }

  /** Results as above. */
  @JCStressTest
  @Outcome(id = "0, 0, true", expect = ACCEPTABLE, desc = "one result, and nothing stays")
  @State
  public static class AnsweredWhileTimeIsUp {
    private final CountingClock clock = new CountingClock();
    private final PendingRequests pending = new PendingRequests(clock);
    private final Gathering<AckResponses<EventPayload>> request = new Gathering<>(QUESTION);
    private final long id;

    /** With a question to one host. */
    public AnsweredWhileTimeIsUp() {
      id = pending.open(request, Duration.ofSeconds(1), () -> {});
      request.expect(Set.of(HOST), true);
    }

    /** The host says whom it asked, and what that client answered. */
    @Actor
    public void answer() {
      pending.answered(id, HOST, new Asked(1));
      pending.answered(id, HOST, new Acked(SOCKET, ANSWER));
    }

    /** The manager is closed. */
    @Actor
    public void expire() {
      pending.expireAll();
    }

    /** Looks for what stays. */
    @Arbiter
    public void look(IIZ_Result result) {
      result.r1 = pending.size();
      result.r2 = clock.waiting.get();
      AckResponses<EventPayload> responses = request.result().toCompletableFuture().getNow(null);
      result.r3 =
          responses != null && responses.complete() == responses.answers().containsKey(SOCKET);
    }
  }

  /** Whom to wait for is told while the only answer comes. Results as above. */
  @JCStressTest
  @Outcome(id = "0, 0, true", expect = ACCEPTABLE, desc = "complete, and nothing stays")
  @State
  public static class AnsweredWhileItIsToldWhomToAsk {
    private final CountingClock clock = new CountingClock();
    private final PendingRequests pending = new PendingRequests(clock);
    private final Gathering<AckResponses<EventPayload>> request = new Gathering<>(QUESTION);
    private final long id = pending.open(request, Duration.ofSeconds(1), () -> {});

    /** The asker knows the hosts. */
    @Actor
    public void expect() {
      request.expect(Set.of(HOST), true);
    }

    /** The host answers. */
    @Actor
    public void answer() {
      pending.answered(id, HOST, new Asked(1));
      pending.answered(id, HOST, new Acked(SOCKET, ANSWER));
    }

    /** Looks for what stays. */
    @Arbiter
    public void look(IIZ_Result result) {
      result.r1 = pending.size();
      result.r2 = clock.waiting.get();
      AckResponses<EventPayload> responses = request.result().toCompletableFuture().getNow(null);
      result.r3 = responses != null && responses.complete();
    }
  }

  /** A thread whose deadlines never come; it counts those that were not taken back. */
  private static final class CountingClock implements ManagerThread {
    private final AtomicInteger waiting = new AtomicInteger();

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long currentTimeMillis() {
      return 0;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      waiting.incrementAndGet();
      return waiting::decrementAndGet;
    }

    @Override
    public void shutdown() {}
  }
}
