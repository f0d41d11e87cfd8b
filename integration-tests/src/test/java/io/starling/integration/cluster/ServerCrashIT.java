package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.process.ServerProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server process dies without a word. */
final class ServerCrashIT {
  @RegisterExtension static final TestCluster cluster = new TestCluster();

  @Test
  void theOtherHostServesItsClientsAndARestartedOneTakesPartAgain() {
    JavaClient polling = cluster.connect(cluster.a(), Transport.POLLING);
    JavaClient survivor = cluster.connect(cluster.a(), Transport.UPGRADED);
    JavaClient victim = cluster.connect(cluster.b(), Transport.WEBSOCKET);

    cluster.b().process().kill();
    victim.awaitEvents("disconnect", 1);
    survivor.call("broadcast", "still served");
    assertThat(survivor.awaitEvents("news", 1)).containsExactly(List.of("still served"));
    assertThat(polling.awaitEvents("news", 1)).containsExactly(List.of("still served"));

    ServerProcess restarted = cluster.startServer("server b again", cluster.b().port());
    JavaClient newcomer = cluster.connect(restarted, Transport.UPGRADED);
    newcomer.call("broadcast", "from the restarted one");
    survivor.awaitEvents("news", 2);
    survivor.call("broadcast", "to the restarted one");
    assertThat(survivor.awaitEvents("news", 3).subList(1, 3))
        .containsExactly(List.of("from the restarted one"), List.of("to the restarted one"));
    assertThat(newcomer.awaitEvents("news", 2))
        .containsExactly(List.of("from the restarted one"), List.of("to the restarted one"));
    assertThat(survivor.events("disconnect")).isEmpty();
    assertThat(polling.events("disconnect")).isEmpty();
  }
}
