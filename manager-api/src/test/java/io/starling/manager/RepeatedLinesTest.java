package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
  private final List<String> written = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final RepeatedLines lines = RepeatedLines.once("frames", timers::add);

  private void endPeriod() {
    timers.remove(0).run();
  }

  @Test
  void aLineIsWrittenAtOnceAndItsRepetitionsAreCountedAtTheEndOfTheMinute() {
    for (int i = 0; i < 1_290; i++) {
      lines.write("dropped", written::add);
    }
    assertThat(written).containsExactly("dropped");

    endPeriod();

    assertThat(written).containsExactly("dropped", "1289 more frames in the last 60 s");
  }

  @Test
  void anotherReasonIsWrittenAtOnce() {
    lines.write("connection refused", written::add);
    lines.write("WRONGPASS", written::add);
    lines.write("connection refused", written::add);

    assertThat(written).containsExactly("connection refused", "WRONGPASS");
  }

  @Test
  void fiveDifferentLinesAreWrittenInAMinuteAtMost() {
    for (int i = 0; i < 100; i++) {
      lines.write("line " + i, written::add);
    }
    endPeriod();

    assertThat(written).hasSize(6).last().isEqualTo("95 more frames in the last 60 s");
  }

  @Test
  void aLineThatWasNotRepeatedIsFollowedByNoCount() {
    lines.write("once", written::add);

    endPeriod();

    assertThat(written).containsExactly("once");
  }

  @Test
  void aLineIsWrittenAgainInTheNextMinuteAndOneTimerRunsAtATime() {
    lines.write("dropped", written::add);
    lines.write("dropped", written::add);
    assertThat(timers).hasSize(1);
    endPeriod();

    lines.write("dropped", written::add);

    assertThat(written).containsExactly("dropped", "1 more frames in the last 60 s", "dropped");
    assertThat(timers).hasSize(1);
  }

  @Test
  void ofLinesInOrderTheLastIsToldAtTheEndOfTheMinute() {
    RepeatedLines states = RepeatedLines.inOrder("changes of state", timers::add);
    for (int i = 0; i < 50; i++) {
      states.write("DOWN", written::add);
      states.write("UP", written::add);
    }
    assertThat(written).hasSize(10);

    endPeriod();

    assertThat(written)
        .hasSize(11)
        .last()
        .isEqualTo("90 more changes of state in the last 60 s, the last: UP");
  }
}
