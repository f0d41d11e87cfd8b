package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
  private final List<String> written = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final RepeatedLines lines = new RepeatedLines("frames", written::add, timers::add);

  private void endPeriod() {
    timers.remove(0).run();
  }

  @Test
  void aLineIsWrittenAtOnceAndItsRepetitionsAreCountedAtTheEndOfTheMinute() {
    for (int i = 0; i < 1_290; i++) {
      lines.write("dropped");
    }
    assertThat(written).containsExactly("dropped");

    endPeriod();

    assertThat(written).containsExactly("dropped", "1289 more frames in the last 60 s");
  }

  @Test
  void anotherReasonIsWrittenAtOnce() {
    lines.write("connection refused");
    lines.write("WRONGPASS");
    lines.write("connection refused");

    assertThat(written).containsExactly("connection refused", "WRONGPASS");
  }

  @Test
  void fiveDifferentLinesAreWrittenInAMinuteAtMost() {
    for (int i = 0; i < 100; i++) {
      lines.write("line " + i);
    }
    endPeriod();

    assertThat(written).hasSize(6).last().isEqualTo("95 more frames in the last 60 s");
  }

  @Test
  void aLineThatWasNotRepeatedIsFollowedByNoCount() {
    lines.write("once");

    endPeriod();

    assertThat(written).containsExactly("once");
  }

  @Test
  void aLineIsWrittenAgainInTheNextMinuteAndOneTimerRunsAtATime() {
    lines.write("dropped");
    lines.write("dropped");
    assertThat(timers).hasSize(1);
    endPeriod();

    lines.write("dropped");

    assertThat(written).containsExactly("dropped", "1 more frames in the last 60 s", "dropped");
    assertThat(timers).hasSize(1);
  }
}
