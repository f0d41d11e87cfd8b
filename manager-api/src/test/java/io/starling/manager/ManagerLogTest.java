package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManagerLogTest {
  private static final HostId OTHER = new HostId("other");

  private final RecordingLogger logger = new RecordingLogger();
  private long nowNanos;
  private final ManagerLog log = new ManagerLog(logger, "manager", () -> nowNanos, task -> {});

  @Test
  void theFirstTimeUpIsNoNews() {
    log.stateChanged(BackendState.UP, null);

    assertThat(logger.lines).isEmpty();
  }

  @Test
  void anOutageIsToldWithItsReasonAndItsEndWithItsLength() {
    log.stateChanged(BackendState.UP, null);
    log.stateChanged(BackendState.DEGRADED, new ManagerException("subscribe: cut off"));
    nowNanos += Duration.ofMillis(1_200).toNanos();
    log.stateChanged(BackendState.DOWN, new ManagerException("publish: refused"));
    nowNanos += Duration.ofMillis(1_100).toNanos();
    log.stateChanged(BackendState.UP, null);

    assertThat(logger.lines)
        .containsExactly(
            "WARN manager is DEGRADED: subscribe: cut off",
            "WARN manager is DOWN: publish: refused",
            "INFO manager is UP again after 2.3 s");
  }

  @Test
  void aStartThatTookAttemptsIsToldWithItsLength() {
    log.connectFailed(new ManagerException("redis://h: refused"));
    nowNanos += Duration.ofSeconds(40).toNanos();
    log.stateChanged(BackendState.UP, null);

    assertThat(logger.lines)
        .containsExactly("WARN broker: redis://h: refused", "INFO manager is UP after 40.0 s");
  }

  @Test
  void flappingWritesTenLinesAMinute() {
    log.stateChanged(BackendState.UP, null);
    for (int i = 0; i < 100; i++) {
      log.stateChanged(BackendState.DOWN, new ManagerException("closed by the server"));
      log.stateChanged(BackendState.UP, null);
    }

    assertThat(logger.lines).hasSize(10);
  }

  @Test
  void whatAnOutageCostIsToldOnceItIsOver() {
    log.outageOver(new Outage(Duration.ofMillis(2_300), 45, 1, 2, 3));

    assertThat(logger.lines)
        .containsExactly(
            "INFO manager is UP, an outage of 2.3 s is over: 45 messages of others repaired, 1"
                + " lost; 2 own operations failed, 3 refused");
  }

  @Test
  void theRootOfAReasonIsToldToo() {
    log.connectFailed(
        new ManagerException(
            "redis://h: cannot connect", new IllegalStateException("WRONGPASS invalid password")));

    assertThat(logger.lines)
        .containsExactly("WARN broker: redis://h: cannot connect: WRONGPASS invalid password");
  }

  @Test
  void aReasonWithoutAMessageIsToldByItsType() {
    log.connectFailed(new IllegalStateException());

    assertThat(logger.lines).containsExactly("WARN broker: java.lang.IllegalStateException");
  }

  @Test
  void membersThatComeAndGoAreToldAtInfo() {
    log.hostJoined(OTHER);
    log.hostLeft(OTHER);

    assertThat(logger.lines).containsExactly("INFO host other joined", "INFO host other left");
  }

  @Test
  void whatRepeatsIsToldOnce() {
    log.stateChanged(BackendState.UP, null);
    for (int i = 0; i < 1_000; i++) {
      log.frameRejected("starling:all", "signature: none (expected: one)");
      log.messageSkipped(OTHER, "question: late");
      log.publishFailed(new ManagerException("outbox: 30 s"));
      log.connectFailed(new ManagerException("connection refused"));
    }

    assertThat(logger.lines).hasSize(4).allMatch(line -> line.startsWith("WARN"));
  }

  @Test
  void whatAFullOutboxRefusedIsToldWithItsNumber() {
    log.operationsRefused(1_234);

    assertThat(logger.lines)
        .containsExactly(
            "WARN 1234 operations refused: the outbox is full (expected: the broker keeps up)");
  }

  @Test
  void whatNoHostReceivedIsToldWithItsNumber() {
    log.operationsUnreceived(1_234);

    assertThat(logger.lines)
        .containsExactly(
            "WARN 1234 operations received by no host (expected: one that is running)");
  }
}
