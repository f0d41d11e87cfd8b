package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RefusalLogTest {
  private static final String WARNING =
      "clients of origin %s are refused by %s (told once a minute)";

  private final List<String> lines = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - 5;
  private final RefusalLog log = new RefusalLog(lines::add, () -> nowNanos);

  @Test
  void eachOriginIsToldOnceAMinute() {
    log.refused("https://a", "cors-origins");
    log.refused("https://a", "cors-origins");
    log.refused("https://b", "cors-origins");
    pass(Duration.ofSeconds(60).minusNanos(1));
    log.refused("https://a", "cors-origins");
    assertThat(lines)
        .containsExactly(
            WARNING.formatted("https://a", "cors-origins"),
            WARNING.formatted("https://b", "cors-origins"));

    pass(Duration.ofNanos(1));
    log.refused("https://a", "cors-origins");
    assertThat(lines).hasSize(3);
  }

  @Test
  void eachSettingIsTold() {
    log.refused("https://a", "cors-origins");
    log.refused("https://a", "allowRequest");

    assertThat(lines).last().isEqualTo(WARNING.formatted("https://a", "allowRequest"));
  }

  @Test
  void aClientWithoutAnOriginIsTold() {
    log.refused(null, "allowRequest");

    assertThat(lines).containsExactly(WARNING.formatted("none", "allowRequest"));
  }

  @Test
  void anOriginForgesNoLine() {
    log.refused("https://a\r\nWARN b\u0085\u2028\u001b[1m", "cors-origins");
    log.refused("x".repeat(300), "cors-origins");

    assertThat(lines)
        .containsExactly(
            WARNING.formatted("https://a??WARN?b???[1m", "cors-origins"),
            WARNING.formatted("x".repeat(200) + "...", "cors-origins"));
  }

  @Test
  void aHundredOriginsAreNamedAndTheOthersToldTogether() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1000; i++) {
        log.refused("https://a" + i, "cors-origins");
      }
    }
    assertThat(lines).hasSize(101);
    assertThat(lines)
        .last()
        .isEqualTo(
            "clients of more than 100 origins are refused within a minute, now by cors-origins;"
                + " further origins are not named");

    pass(Duration.ofMinutes(1));
    log.refused("https://a999", "cors-origins");
    assertThat(lines).last().isEqualTo(WARNING.formatted("https://a999", "cors-origins"));
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }
}
