package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SightingsTest {
  private static final HostId SELF = new HostId("self");
  private static final HostId OTHER = new HostId("other");
  private static final HostId THIRD = new HostId("third");

  private final Sightings sightings = new Sightings(SELF);

  private static long at(double seconds) {
    return (long) (seconds * Duration.ofSeconds(1).toNanos());
  }

  @Test
  void aHostThatIsMissingFromAListAsksOnceAndIsUnheardTwoSecondsLater() {
    assertThat(sightings.missingFrom(OTHER, Set.of(THIRD), at(0))).isTrue();
    assertThat(sightings.missingFrom(OTHER, Set.of(THIRD), at(1))).isFalse();

    assertThat(sightings.unheardBy(at(1.9))).isNull();
    assertThat(sightings.unheardBy(at(2))).isEqualTo(OTHER);
  }

  @Test
  void aListWithThisHostEndsTheDoubt() {
    sightings.missingFrom(OTHER, Set.of(), at(0));

    sightings.missingFrom(OTHER, Set.of(SELF), at(1));

    assertThat(sightings.unheardBy(at(2))).isNull();
  }

  @Test
  void aHeartbeatWithoutAListSaysNothing() {
    assertThat(sightings.missingFrom(OTHER, null, at(0))).isFalse();

    assertThat(sightings.unheardBy(at(10))).isNull();
  }

  @Test
  void aHostThatLeftIsForgotten() {
    sightings.missingFrom(OTHER, Set.of(), at(0));

    sightings.forget(OTHER);

    assertThat(sightings.unheardBy(at(2))).isNull();
  }

  @Test
  void thirtySecondsPassBeforeAnythingIsDoneAgain() {
    sightings.missingFrom(OTHER, Set.of(), at(0));
    assertThat(sightings.unheardBy(at(2))).isEqualTo(OTHER);
    sightings.missingFrom(THIRD, Set.of(), at(5));
    assertThat(sightings.unheardBy(at(7))).isNull();

    sightings.missingFrom(THIRD, Set.of(), at(30));

    assertThat(sightings.unheardBy(at(32))).isEqualTo(THIRD);
  }
}
