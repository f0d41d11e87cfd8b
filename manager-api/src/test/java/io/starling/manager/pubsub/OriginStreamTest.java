package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OriginStreamTest {
  private static final String EMITTER = "emitter";

  private final FakeManagerThread thread = new FakeManagerThread();
  private boolean hears = true;

  /** What was delivered, asked for and reported, in its order. */
  private final List<String> events = new ArrayList<>();

  private final OriginRegistry origins =
      new Recorder(
          new BusContext(
              new HostId("self"),
              PubSubSettings.DEFAULTS,
              new RecordingBackend(),
              thread,
              new Reports(),
              Runnable::run));

  private void receive(String origin, long firstSeq, int count) {
    origins.stream(new HostId(origin))
        .receive(header(origin, firstSeq, count), messages(firstSeq, count), false);
  }

  private void receiveRepeated(String origin, long firstSeq, int count) {
    origins.stream(new HostId(origin))
        .receive(header(origin, firstSeq, count), messages(firstSeq, count), true);
  }

  private static Header header(String origin, long firstSeq, int count) {
    return new Header(new HostId(origin), "c", firstSeq, count, 0);
  }

  /** Each message is its number. */
  private static List<ByteBuffer> messages(long firstSeq, int count) {
    List<ByteBuffer> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(ByteBuffer.allocate(8).putLong(firstSeq + i).flip());
    }
    return messages;
  }

  @Test
  void theFirstFrameOfAnOriginIsDeliveredWithoutAGap() {
    receive("a", 500, 3);
    receive("a", 503, 1);

    assertThat(events).containsExactly("a 500", "a 501", "a 502", "a 503");
  }

  @Test
  void whatWasHeardBeforeIsADuplicate() {
    receive("a", 1, 3);
    events.clear();

    receive("a", 1, 3);
    receive("a", 3, 1);

    assertThat(events).containsExactly("duplicate 1", "duplicate 3");
  }

  @Test
  void theKnownStartOfAFrameIsSkipped() {
    receive("a", 1, 3);
    events.clear();

    receive("a", 2, 3);

    assertThat(events).containsExactly("a 4");
  }

  @Test
  void anEmittersGapIsReportedByItsExactExtentAndWhatFollowsIsDelivered() {
    receive(EMITTER, 1, 1);
    receive(EMITTER, 5, 1);

    assertThat(events).containsExactly("emitter 1", "gap 2-4", "emitter 5");
  }

  @Test
  void aHostIsAskedForWhatIsMissingAndWhatFollowsWaits() {
    receive("a", 1, 1);
    receive("a", 5, 1);
    receive("a", 6, 1);

    assertThat(events).containsExactly("a 1", "ask 2-4");
  }

  @Test
  void whatWasHeldFollowsWhatIsRepeatedInOrder() {
    receive("a", 1, 1);
    receive("a", 4, 1);
    events.clear();

    receiveRepeated("a", 2, 1);
    receive("a", 5, 1);
    receiveRepeated("a", 3, 1);
    receive("a", 6, 1);

    assertThat(events)
        .containsExactly("a 2", "repaired 2-2", "a 3", "repaired 3-3", "a 4", "a 5", "a 6");
    thread.advance(Duration.ofMinutes(1));
    assertThat(events).hasSize(7);
  }

  @Test
  void aSecondHoleIsAskedForTooAndRepairedOnItsOwn() {
    receive("a", 1, 1);
    receive("a", 3, 1);
    receive("a", 5, 1);
    receiveRepeated("a", 4, 1);
    receiveRepeated("a", 2, 1);

    assertThat(events)
        .containsExactly("a 1", "ask 2-2", "ask 4-4", "a 2", "repaired 2-2", "a 3", "a 4", "a 5");
  }

  @Test
  void aHoleThatNobodyFillsIsReportedAfterTwentySecondsAndTheRestIsDelivered() {
    receive("a", 1, 1);
    receive("a", 3, 1);
    receive("a", 6, 1);
    events.clear();

    thread.advance(OriginStream.PATIENCE.minusMillis(1));
    assertThat(events)
        .as("asked again and again, for both")
        .hasSize(2 * 39)
        .containsOnly("ask 2-2", "ask 4-5");
    events.clear();
    thread.advance(Duration.ofMillis(1));

    assertThat(events).containsExactly("gap 2-2", "a 3", "gap 4-5", "a 6");
  }

  @Test
  void aRepairThatGoesOnIsWaitedForLonger() {
    receive("a", 1, 1);
    receive("a", 4, 1);
    thread.advance(Duration.ofMillis(4_900));
    receiveRepeated("a", 2, 1);
    thread.advance(Duration.ofMillis(4_900));
    receiveRepeated("a", 3, 1);

    assertThat(events).doesNotContain("gap 3-3").endsWith("a 3", "repaired 3-3", "a 4");
  }

  @Test
  void whatTheOriginLostIsReportedAtOnce() {
    receive("a", 1, 1);
    receive("a", 6, 1);
    events.clear();

    origins.stream(new HostId("a")).gone(2, 4);
    receiveRepeated("a", 5, 1);

    assertThat(events).containsExactly("gap 2-4", "a 5", "repaired 5-5", "a 6");
  }

  @Test
  void whatIsRepeatedTooLateIsDroppedWithoutAWord() {
    receive("a", 1, 1);
    receive("a", 3, 1);
    thread.advance(OriginStream.PATIENCE);
    events.clear();

    receiveRepeated("a", 2, 1);

    assertThat(events).isEmpty();
  }

  @Test
  void moreThanSixteenMebibytesAreNotHeld() {
    receive("a", 1, 1);
    int frame = 1 << 20;
    for (int i = 0; i < 16; i++) {
      origins.stream(new HostId("a"))
          .receive(header("a", 3 + i, 1), List.of(ByteBuffer.allocate(frame)), false);
    }
    assertThat(events).containsExactly("a 1", "ask 2-2");

    origins.stream(new HostId("a"))
        .receive(header("a", 19, 1), List.of(ByteBuffer.allocate(frame)), false);

    assertThat(events).contains("gap 2-2").hasSize(2 + 1 + 17);
  }

  @Test
  void aHostThatSaidHowFarItWasIsAskedForWhatCameAfter() {
    origins.stream(new HostId("a")).reached(4);
    origins.stream(new HostId("a")).reached(9);

    receive("a", 7, 1);

    assertThat(events).containsExactly("ask 5-6");
  }

  @Test
  void aLostTailIsAskedForWhenTheHostSaysHowFarItIs() {
    receive("a", 1, 1);
    origins.stream(new HostId("a")).reached(3);
    receiveRepeated("a", 2, 2);

    assertThat(events).containsExactly("a 1", "ask 2-3", "a 2", "a 3", "repaired 2-3");
  }

  @Test
  void aFirstFrameFromBeforeThatIsDeliveredAsWell() {
    origins.stream(new HostId("a")).reached(4);

    receive("a", 3, 1);
    receive("a", 4, 1);

    assertThat(events).containsExactly("a 3", "a 4");
  }

  @Test
  void originsAreIndependent() {
    receive("a", 10, 1);
    receive("b", 1, 1);

    assertThat(events).containsExactly("a 10", "b 1");
  }

  @Test
  void anOriginIsForgottenTenMinutesAfterItsLastFrame() {
    receive("a", 10, 1);
    thread.advance(Duration.ofMinutes(11));
    receive("b", 1, 1);

    receive("a", 1, 1);

    assertThat(events).containsExactly("a 10", "b 1", "a 1");
  }

  @Test
  void anOriginThatWaitsForSomethingIsNotForgottenBeforeItsOrderIsRestored() {
    receive("a", 1, 1);
    receive("a", 3, 1);
    hears = false;
    thread.advance(Duration.ofMinutes(11));
    receive("b", 1, 1);
    events.clear();

    receive("a", 4, 1);
    hears = true;
    thread.advance(OriginStream.PATIENCE.plusSeconds(1));

    assertThat(events).endsWith("gap 2-2", "a 3", "a 4");
  }

  @Test
  void whileNothingCanBeHeardNoOriginIsForgotten() {
    receive("a", 5, 1);
    hears = false;
    thread.advance(Duration.ofMinutes(11));
    receive("b", 1, 1);

    receive("a", 5, 1);

    assertThat(events).containsExactly("a 5", "b 1", "duplicate 5");
  }

  @Test
  void anOriginThatHasToMakeRoomDeliversWhatItHeldFirst() {
    receive("first", 1, 1);
    receive("first", 3, 1);
    events.clear();
    for (int i = 0; i < 10_000; i++) {
      receive("o" + i, 1, 1);
    }

    assertThat(events).containsSubsequence("gap 2-2", "first 3").contains("o9999 1");
    thread.advance(Duration.ofSeconds(6));
    assertThat(events).filteredOn(event -> event.startsWith("first")).hasSize(1);
  }

  @Test
  void atMostTenThousandOriginsAreKept() {
    receive("first", 10, 1);
    for (int i = 0; i < 10_000; i++) {
      receive("o" + i, 1, 1);
    }
    events.clear();

    receive("first", 1, 1);
    receive("o9999", 1, 1);

    assertThat(events).containsExactly("first 1", "duplicate 1");
  }

  /** Everybody but the emitter can repeat. */
  private final class Recorder extends OriginRegistry {
    Recorder(BusContext context) {
      super(context);
    }

    @Override
    void deliver(Header header, List<ByteBuffer> messages) {
      messages.forEach(message -> events.add(header.origin() + " " + message.getLong(0)));
    }

    @Override
    boolean canRepeat(HostId origin) {
      return !origin.value().equals(EMITTER);
    }

    @Override
    boolean hears() {
      return hears;
    }

    @Override
    boolean returning() {
      return false;
    }

    @Override
    void askAgain(HostId origin, long from, long to) {
      events.add("ask " + from + "-" + to);
    }
  }

  private final class Reports implements ManagerListener {
    @Override
    public void gap(HostId origin, long from, long to) {
      events.add("gap " + from + "-" + to);
    }

    @Override
    public void repaired(HostId origin, long from, long to) {
      events.add("repaired " + from + "-" + to);
    }

    @Override
    public void duplicateDropped(HostId origin, long firstSeq, int count) {
      events.add("duplicate " + firstSeq);
    }
  }
}
