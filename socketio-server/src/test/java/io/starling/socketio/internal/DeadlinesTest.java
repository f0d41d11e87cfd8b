package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
  @Test
  void delayLongerThanAnyClockCountsIsADeadlineThatDoesNotCome() {
    ScheduledThreadPoolExecutor timer = Deadlines.thread(Executors.defaultThreadFactory());
    try {
      Runnable takeBack = Deadlines.on(timer).after(ChronoUnit.FOREVER.getDuration(), () -> {});

      assertThat(timer.getQueue()).hasSize(1);
      takeBack.run();
      assertThat(timer.getQueue()).isEmpty();
    } finally {
      timer.shutdownNow();
    }
  }
}
