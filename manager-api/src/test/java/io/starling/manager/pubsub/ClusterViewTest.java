package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
  private static final HostId SELF = new HostId("self");
  private static final HostId OTHER = new HostId("other");
  private static final long TERM = ClusterView.DEAD_AFTER.toNanos();

  private final ClusterView view = new ClusterView(SELF);

  @Test
  void anOriginThatNeverSaidItIsAHostIsNone() {
    view.heard(OTHER, 1);

    assertThat(view.hosts()).containsExactly(SELF);
  }

  @Test
  void aHostIsDeadAfterItsTermOfSilence() {
    view.joined(OTHER, "1.0", 0, 0);

    assertThat(view.removeDead(TERM)).isEmpty();
    assertThat(view.removeDead(TERM + 1)).containsExactly(OTHER);
    assertThat(view.hosts()).containsExactly(SELF);
  }

  @Test
  void anyFrameIsASignOfLife() {
    view.joined(OTHER, "1.0", 0, 0);
    view.heard(OTHER, TERM);

    assertThat(view.removeDead(TERM + 1)).isEmpty();
  }

  @Test
  void aRestartGivesEveryHostAFullTerm() {
    view.joined(OTHER, "1.0", 0, 0);
    view.restartTerms(TERM);

    assertThat(view.removeDead(2 * TERM)).isEmpty();
    assertThat(view.removeDead(2 * TERM + 1)).containsExactly(OTHER);
  }

  @Test
  void aDeadHostThatIsHeardAgainIsNew() {
    view.joined(OTHER, "1.0", 0, 0);
    view.removeDead(TERM + 1);

    assertThat(view.joined(OTHER, "1.0", 0, TERM + 2)).isTrue();
    assertThat(view.joined(OTHER, "1.0", 0, TERM + 3)).isFalse();
  }

  @Test
  void anyFrameBringsADeadHostBack() {
    view.joined(OTHER, "1.0", 0, 0);
    view.removeDead(TERM + 1);

    assertThat(view.heard(OTHER, TERM + 2)).isTrue();
    assertThat(view.heard(OTHER, TERM + 3)).isFalse();
    assertThat(view.hosts()).containsExactly(SELF, OTHER);
  }

  @Test
  void aHostThatSaidGoodbyeStaysGone() {
    view.joined(OTHER, "1.0", 0, 0);
    view.removeDead(TERM + 1);
    view.left(OTHER);

    assertThat(view.heard(OTHER, TERM + 2)).isFalse();
    assertThat(view.hosts()).containsExactly(SELF);
  }

  @Test
  void anAgeThatNoHostCanHaveIsCutToACentury() {
    view.joined(OTHER, "1.0", Long.MAX_VALUE, 0);

    assertThat(view.others(0)).extracting(HostInfo::age).containsExactly(Duration.ofDays(36_500));
  }

  @Test
  void thisHostIsNeverOneOfTheOthers() {
    assertThat(view.joined(SELF, "1.0", 0, 0)).isFalse();
    assertThat(view.hosts()).containsExactly(SELF);
  }
}
