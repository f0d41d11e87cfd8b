package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.ManagerException;
import io.starling.manager.Recipients;
import io.starling.manager.pubsub.BusMessage;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchQueueTest {
  private static BusMessage message(long number, int bytes) {
    EventPayload event = new EventPayload(ByteBuffer.allocate(bytes), List.of());
    return new BusMessage(
        new HostId("A"), number, Instant.EPOCH, "emit", "/", Recipients.ALL, event, Map.of());
  }

  @Test
  void onlyWantedMessagesAreKept() throws Exception {
    WatchQueue queue = new WatchQueue(message -> message.number() == 2);
    queue.message(message(1, 0));
    queue.message(message(2, 0));

    assertThat(queue.next(Duration.ZERO)).isEqualTo(message(2, 0));
    assertThat(queue.next(Duration.ZERO)).isNull();
    assertThat(queue.lost()).isZero();
  }

  @Test
  void messagesBeyondTheBoundOfBytesAreCounted() throws Exception {
    WatchQueue queue = new WatchQueue(message -> true);
    for (int i = 0; i < 20; i++) {
      queue.message(message(i, 1_000_000));
    }
    assertThat(queue.lost()).isEqualTo(4);

    for (int i = 0; i < 16; i++) {
      assertThat(queue.next(Duration.ZERO)).isNotNull();
    }
    queue.message(message(21, 1_000_000));
    assertThat(queue.next(Duration.ZERO)).isEqualTo(message(21, 1_000_000));
    assertThat(queue.lost()).isEqualTo(4);
  }

  @Test
  void messagesBeyondTheBoundOfNumbersAreCounted() {
    WatchQueue queue = new WatchQueue(message -> true);
    for (int i = 0; i < 10_002; i++) {
      queue.message(message(i, 0));
    }
    assertThat(queue.lost()).isEqualTo(2);
  }

  @Test
  void theFirstMalformedFrameIsTold() {
    WatchQueue queue = new WatchQueue(message -> true);
    queue.malformed("signature: wrong");
    queue.malformed("signature: wrong");

    assertThat(queue.note()).isEqualTo("malformed: signature: wrong");
    assertThat(queue.note()).isNull();
    assertThat(queue.malformed()).isEqualTo(2);
  }

  @Test
  void aBrokerThatCannotBeReachedIsToldOnceAndSoIsTheConnection() {
    WatchQueue queue = new WatchQueue(message -> true);
    queue.connectFailed(new ManagerException("redis://h: refused"));
    queue.connectFailed(new ManagerException("redis://h: refused"));
    queue.connectionRestored();
    queue.connectionRestored();

    assertThat(queue.note()).isEqualTo("connection: none (redis://h: refused); trying again");
    assertThat(queue.note()).isEqualTo("connection: open");
    assertThat(queue.note()).isNull();
  }

  @Test
  void aLostConnectionIsTold() {
    WatchQueue queue = new WatchQueue(message -> true);
    queue.connectionLost(new ManagerException("redis://h: gone"));
    queue.connectFailed(new ManagerException("redis://h: refused"));
    queue.connectionRestored();

    assertThat(queue.note()).isEqualTo("connection: lost (redis://h: gone); connecting again");
    assertThat(queue.note()).startsWith("connection: restored");
  }
}
