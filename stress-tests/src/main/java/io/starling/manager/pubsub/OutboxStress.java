package io.starling.manager.pubsub;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.Outbox.Entry;
import io.starling.manager.pubsub.Outbox.Share;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJZ_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Messages that are offered while the publisher thread takes them, or closes the outbox. */
public final class OutboxStress {
  private OutboxStress() {}

  private static Entry entry(String channel) {
    return new Entry(channel, ByteBuffer.allocate(8), 0, Share.NORMAL, new CompletableFuture<>());
  }

  /** Whether the outbox took the message. */
  private static boolean offer(Outbox outbox, Entry entry) {
    try {
      outbox.offer(entry);
      return true;
    } catch (BackendUnavailableException e) {
      return false;
    }
  }

  /** Results: what becomes of two messages, bytes that stay counted, none for an inbox. */
  @JCStressTest
  @Outcome(id = "2, 0, true", expect = ACCEPTABLE, desc = "each was refused or is handed back")
  @State
  public static class OfferedWhileItCloses {
    private final Outbox outbox = new Outbox(10_000, "all");
    private boolean first;
    private boolean second;
    private List<Entry> left = List.of();

    /** A message to all, and one to one host. */
    @Actor
    public void offer() {
      first = OutboxStress.offer(outbox, entry("all"));
      second = OutboxStress.offer(outbox, entry("inbox"));
    }

    /** The publisher thread closes. */
    @Actor
    public void close() {
      left = outbox.close();
      left.forEach(outbox::release);
    }

    /** Counts. */
    @Arbiter
    public void count(IJZ_Result result) {
      int refused = (first ? 0 : 1) + (second ? 0 : 1);
      result.r1 = refused + left.size();
      result.r2 = outbox.bytes();
      result.r3 = outbox.allForAll() && outbox.peek() == null;
    }
  }

  /** Two messages for which there is room for one. Results: how many are in, within the bound. */
  @JCStressTest
  @Outcome(id = "1, true", expect = ACCEPTABLE, desc = "one of them")
  @State
  public static class OfferedToTheLastRoom {
    private static final long BOUND = 150;

    private final Outbox outbox = new Outbox(BOUND, "all");
    private boolean first;
    private boolean second;

    /** One message. */
    @Actor
    public void offer() {
      first = OutboxStress.offer(outbox, entry("all"));
    }

    /** Another. */
    @Actor
    public void offerToo() {
      second = OutboxStress.offer(outbox, entry("all"));
    }

    /** Counts. */
    @Arbiter
    public void count(IZ_Result result) {
      result.r1 = (first ? 1 : 0) + (second ? 1 : 0);
      result.r2 = outbox.bytes() <= BOUND;
    }
  }

  /** One waits until it may write while the room comes. Results: stages that stay, told. */
  @JCStressTest
  @Outcome(id = "0, true", expect = ACCEPTABLE, desc = "whoever waits is told")
  @State
  public static class WaitsWhileTheRoomComes {
    private final Outbox outbox = new Outbox(150, "all");
    private @Nullable CompletableFuture<Void> waiting;

    /** With an outbox that is full. */
    public WaitsWhileTheRoomComes() {
      outbox.offer(entry("all"));
    }

    /** Waits for room. */
    @Actor
    public void await() {
      waiting = outbox.whenWritable().toCompletableFuture();
    }

    /** The publisher thread makes room, and tells those who wait. */
    @Actor
    public void makeRoom() {
      Entry taken = outbox.poll();
      if (taken != null) {
        outbox.release(taken);
      }
      CompletableFuture<Void> told = outbox.nowWritable();
      if (told != null) {
        told.complete(null);
      }
    }

    /** Looks whether the wait is over. */
    @Arbiter
    public void look(IZ_Result result) {
      CompletableFuture<Void> stage = waiting;
      result.r1 = outbox.nowWritable() == null ? 0 : 1;
      result.r2 = stage != null && stage.isDone();
    }
  }
}
