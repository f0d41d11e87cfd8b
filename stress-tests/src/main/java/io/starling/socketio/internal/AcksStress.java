package io.starling.socketio.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Acks that come while their socket leaves, or while their deadline is set. */
public final class AcksStress {
  private static final String NAMESPACE = "/acks";
  private static final EventPayload ANSWER =
      new EventPayload(ByteBuffer.wrap(new byte[] {'[', ']'}), List.of());

  private AcksStress() {}

  /** Deadlines that never come; counts those that were not taken back. */
  private static final class CountingDeadlines implements Deadlines {
    private final AtomicInteger waiting = new AtomicInteger();

    @Override
    public Runnable after(Duration delay, Runnable task) {
      waiting.incrementAndGet();
      return waiting::decrementAndGet;
    }
  }

  /** Results: how often the collector was told, and deadlines that stay. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told once, and no deadline stays")
  @State
  public static class AskedWhileTheSocketLeaves {
    private final DefaultSocket socket = Fixture.socket(NAMESPACE);
    private final CountingDeadlines deadlines = new CountingDeadlines();
    private final AtomicInteger told = new AtomicInteger();
    private final AckRequest request =
        new AckRequest(7, List.of(socket), (id, answer) -> told.incrementAndGet());

    /** The application asks. */
    @Actor
    public void ask() {
      request.expect();
      request.expireBy(deadlines, Duration.ofSeconds(1));
    }

    /** The socket leaves. */
    @Actor
    public void leave() {
      socket.acks().close();
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
      result.r1 = told.get();
      result.r2 = deadlines.waiting.get();
    }
  }

  /** The client answers while its socket leaves. Results as above. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "told once, and no deadline stays")
  @State
  public static class AnsweredWhileTheSocketLeaves {
    private final DefaultSocket socket = Fixture.socket(NAMESPACE);
    private final CountingDeadlines deadlines = new CountingDeadlines();
    private final AtomicInteger told = new AtomicInteger();
    private final AckRequest request =
        new AckRequest(7, List.of(socket), (id, answer) -> told.incrementAndGet());

    /** With a question to the client. */
    public AnsweredWhileTheSocketLeaves() {
      request.expect();
      request.expireBy(deadlines, Duration.ofSeconds(1));
    }

    /** The client answers. */
    @Actor
    public void answer() {
      socket.acks().complete(7, ANSWER);
    }

    /** The socket leaves. */
    @Actor
    public void leave() {
      socket.acks().close();
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
      result.r1 = told.get();
      result.r2 = deadlines.waiting.get();
    }
  }

  /** Two sockets answer one request while its deadline is set. */
  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "each told once, and no deadline stays")
  @State
  public static class AnsweredByTwo {
    private final DefaultSocket first = Fixture.socket(NAMESPACE);
    private final DefaultSocket second = Fixture.socket(NAMESPACE);
    private final CountingDeadlines deadlines = new CountingDeadlines();
    private final AtomicInteger told = new AtomicInteger();
    private final AckRequest request =
        new AckRequest(7, List.of(first, second), (id, answer) -> told.incrementAndGet());

    /** With a question to both. */
    public AnsweredByTwo() {
      request.expect();
    }

    /** The deadline is set, and one answers. */
    @Actor
    public void expire() {
      request.expireBy(deadlines, Duration.ofSeconds(1));
      first.acks().complete(7, ANSWER);
    }

    /** The other answers. */
    @Actor
    public void answer() {
      second.acks().complete(7, ANSWER);
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
      result.r1 = told.get();
      result.r2 = deadlines.waiting.get();
    }
  }
}
