package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A broker that is stopped in its tracks: connections stay, and nothing answers. The tests run one
 * after the other, because the start of a broker would take time from those that measure it.
 */
final class FrozenBrokerIT {
  @Test
  void redisIsNoticedWithinTenSeconds() {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      frozen(redis, Duration.ofSeconds(11));
    }
  }

  @Test
  void rabbitMqIsNoticedWithinTwiceItsHeartbeat() {
    try (RabbitMqProcess rabbit = RabbitMqProcess.start()) {
      frozen(rabbit, Duration.ofSeconds(25));
    }
  }

  @Test
  void kafkaIsNoticedWithinSevenSeconds() {
    try (KafkaProcess kafka = KafkaProcess.start()) {
      frozen(kafka, Duration.ofSeconds(8));
    }
  }

  private static void frozen(KillableBroker broker, Duration atMost) {
    try (BackendProbe idle = new BackendProbe(broker.url());
        BackendProbe busy = new BackendProbe(broker.url());
        BackendProbe asked = new BackendProbe(broker.url())) {
      for (BackendProbe each : new BackendProbe[] {idle, busy, asked}) {
        await(each.start());
        await(each.backend().subscribe(each.channel()));
        await(each.publish("before"));
      }
      broker.freeze();
      try {
        long from = System.nanoTime();
        droppedOnDemand(asked);
        assertThat(since(from))
            .as("nothing waits for the broker")
            .isLessThan(Duration.ofSeconds(3));
        noticed(idle, busy, atMost, from);
      } finally {
        broker.thaw();
      }
      for (BackendProbe each : new BackendProbe[] {idle, busy, asked}) {
        for (Direction direction : Direction.values()) {
          BrokerOutageScenarios.patiently().until(() -> each.told("restored " + direction) != null);
        }
      }
    }
  }

  private static void droppedOnDemand(BackendProbe asked) {
    var stuck = asked.publish("stuck").toCompletableFuture();
    long from = System.nanoTime();
    for (Direction direction : Direction.values()) {
      asked.backend().reconnect(direction, new IllegalStateException("unconfirmed for 10 s"));
    }
    assertThat(since(from)).as("returns at once").isLessThan(Duration.ofMillis(300));
    Awaitility.await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () ->
                asked.told("lost PUBLISH") != null
                    && asked.told("lost SUBSCRIBE") != null
                    && stuck.isDone());
    assertThat(asked.told("lost PUBLISH")).contains("unconfirmed for 10 s");
  }

  private static void noticed(BackendProbe idle, BackendProbe busy, Duration atMost, long from) {
    for (String line : new String[] {"lost PUBLISH", "lost SUBSCRIBE"}) {
      Awaitility.await()
          .atMost(atMost)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                long before = System.nanoTime();
                var unused = busy.publish("x");
                assertThat(since(before)).isLessThan(Duration.ofMillis(1_100));
                return busy.told(line) != null && idle.told(line) != null;
              });
      System.out.println(
          "frozen: " + line + " after " + since(from).toMillis() + " ms, " + idle.told(line));
    }
    assertThat(since(from)).isLessThan(atMost);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
