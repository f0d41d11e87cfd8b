package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.FakeLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofSeconds(75);

  private final FakeLoop loop = new FakeLoop();
  private long unsentBytes;
  private boolean expired;
  private final RequestDeadline deadline = new RequestDeadline(loop, LIMIT, IDLE, new FakeClient());

  private final class FakeClient implements RequestDeadline.Client {
    @Override
    public long unsent() {
      return unsentBytes;
    }

    @Override
    public void expired() {
      expired = true;
    }
  }

  @Test
  void aRequestThatTakesTooLongExpires() {
    deadline.arm();
    loop.advance(LIMIT.minusMillis(1));
    assertThat(expired).isFalse();
    loop.advance(Duration.ofMillis(1));
    assertThat(expired).isTrue();
  }

  @Test
  void itIsTheServersTurnWhileDisarmed() {
    deadline.arm();
    deadline.disarm();
    loop.advance(LIMIT.multipliedBy(2));
    assertThat(expired).isFalse();
  }

  @Test
  void aClientThatStillReadsWhatWasSentToItHasTime() {
    deadline.arm();
    for (unsentBytes = 5; unsentBytes > 0; unsentBytes--) {
      loop.advance(LIMIT);
      assertThat(expired).isFalse();
    }
    loop.advance(LIMIT);
    assertThat(expired).isTrue();
  }

  @Test
  void aClientThatReadsNoMoreExpires() {
    deadline.arm();
    unsentBytes = 5;
    loop.advance(LIMIT);
    assertThat(expired).isFalse();
    loop.advance(LIMIT);
    assertThat(expired).isTrue();
  }

  @Test
  void anIdleClientExpiresAfterTheIdleLimitAndNotBefore() {
    deadline.arm();
    loop.advance(LIMIT.minusMillis(1));
    deadline.idle();
    loop.advance(IDLE.minusMillis(1));
    assertThat(expired).isFalse();
    loop.advance(Duration.ofMillis(1));
    assertThat(expired).isTrue();
  }

  @Test
  void anIdleLimitShorterThanThatOfRequestsCountsToo() {
    RequestDeadline impatient =
        new RequestDeadline(loop, LIMIT, Duration.ofSeconds(5), new FakeClient());
    impatient.arm();
    loop.advance(Duration.ofSeconds(1));
    impatient.idle();
    loop.advance(Duration.ofMillis(4999));
    assertThat(expired).isFalse();
    loop.advance(Duration.ofMillis(1));
    assertThat(expired).isTrue();
  }

  @Test
  void aRequestThatBeginsLateHasItsFullTimeAndNoMore() {
    deadline.idle();
    loop.advance(IDLE.minusMillis(1));
    deadline.arriving();
    loop.advance(LIMIT.minusMillis(1));
    assertThat(expired).isFalse();
    deadline.arriving();
    loop.advance(Duration.ofMillis(1));
    assertThat(expired).isTrue();
  }

  @Test
  void aClientIsIdleOnceItHasReadItsResponse() {
    deadline.idle();
    unsentBytes = 5;
    loop.advance(Duration.ofSeconds(10));
    unsentBytes = 0;
    loop.advance(Duration.ofSeconds(5));
    loop.advance(IDLE.minusMillis(1));
    assertThat(expired).isFalse();
    loop.advance(Duration.ofMillis(1));
    assertThat(expired).isTrue();
  }

  @Test
  void anIdleClientThatLeavesItsResponseUnreadExpiresAsAnyOther() {
    deadline.idle();
    unsentBytes = 5;
    loop.advance(LIMIT);
    assertThat(expired).isFalse();
    loop.advance(Duration.ofSeconds(5));
    assertThat(expired).isTrue();
  }
}
