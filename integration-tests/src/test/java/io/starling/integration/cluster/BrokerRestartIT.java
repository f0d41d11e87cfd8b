package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The broker dies under a running cluster, and comes back empty. */
final class BrokerRestartIT {
  @Test
  void eachHostServesItsOwnClientsMeanwhileAndReachesTheOthersAgain() {
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        ServerProcess a = ServerProcess.start("server a", 0, redis.url());
        ServerProcess b = ServerProcess.start("server b", 0, redis.url());
        JavaClient onA = JavaClient.connect(a.url(), Transport.WEBSOCKET);
        JavaClient onB = JavaClient.connect(b.url(), Transport.POLLING)) {
      redis.kill();
      onA.emit("broadcast", "on a, meanwhile");
      onB.emit("broadcast", "on b, meanwhile");
      assertThat(onA.awaitEvents("news", 1)).containsExactly(List.of("on a, meanwhile"));
      assertThat(onB.awaitEvents("news", 1)).containsExactly(List.of("on b, meanwhile"));

      redis.restart();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(
              () -> {
                onA.emit("broadcast", "again from a");
                onB.emit("broadcast", "again from b");
                return onA.events("news").contains(List.of("again from b"))
                    && onB.events("news").contains(List.of("again from a"));
              });
      assertThat(onA.events("disconnect")).isEmpty();
      assertThat(onB.events("disconnect")).isEmpty();
    }
  }
}
