package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OriginStreamsTest {
  private final List<String> reports = new ArrayList<>();
  private final OriginStreams streams =
      new OriginStreams(
          new ManagerListener() {
            @Override
            public void gap(HostId origin, long from, long to) {
              reports.add("gap " + from + "-" + to);
            }

            @Override
            public void duplicateDropped(HostId origin, long firstSeq, int count) {
              reports.add("duplicate " + firstSeq);
            }
          });

  private int advance(String origin, long firstSeq, int count) {
    return advance(origin, firstSeq, count, 1);
  }

  private int advance(String origin, long firstSeq, int count, long nowNanos) {
    return streams.advance(new Header(new HostId(origin), "c", firstSeq, count, 0), nowNanos);
  }

  @Test
  void theFirstFrameOfAnOriginSetsTheMarkWithoutAGap() {
    assertThat(advance("a", 500, 3)).isZero();
    assertThat(advance("a", 503, 1)).isZero();
    assertThat(reports).isEmpty();
  }

  @Test
  void whatIsAtOrBelowTheMarkIsADuplicate() {
    advance("a", 1, 5);

    assertThat(advance("a", 1, 5)).isEqualTo(5);
    assertThat(advance("a", 4, 2)).isEqualTo(2);
    assertThat(reports).containsExactly("duplicate 1", "duplicate 4");
  }

  @Test
  void theKnownStartOfAFrameIsSkipped() {
    advance("a", 1, 5);

    assertThat(advance("a", 4, 4)).isEqualTo(2);
    assertThat(advance("a", 8, 1)).isZero();
  }

  @Test
  void aJumpIsAGapOfExactlyWhatIsMissing() {
    advance("a", 1, 1);

    assertThat(advance("a", 5, 1)).isZero();
    assertThat(reports).containsExactly("gap 2-4");
  }

  @Test
  void originsAreIndependent() {
    advance("a", 10, 1);

    assertThat(advance("b", 1, 1)).isZero();
    assertThat(reports).isEmpty();
  }

  @Test
  void aMarkIsForgottenTenMinutesAfterItsLastFrame() {
    advance("a", 10, 1, 1);
    advance("b", 1, 1, Duration.ofMinutes(11).toNanos());

    assertThat(advance("a", 1, 1, Duration.ofMinutes(11).toNanos())).isZero();
    assertThat(reports).isEmpty();
  }

  @Test
  void atMostTenThousandOriginsAreKept() {
    advance("first", 10, 1);
    for (int i = 0; i < 10_000; i++) {
      advance("o" + i, 1, 1);
    }

    assertThat(advance("first", 1, 1)).isZero();
    assertThat(advance("o9999", 1, 1)).isEqualTo(1);
  }
}
