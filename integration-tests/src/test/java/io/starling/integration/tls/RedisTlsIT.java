package io.starling.integration.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RedisSentinels;
import io.starling.integration.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RedisTlsIT extends BrokerTlsScenarios {
  @Override
  TlsBroker startBroker(File certificateFile, File keyFile) {
    int port = Ports.free();
    EmbeddedRedis redis = start(port, certificateFile, keyFile);
    return new TlsBroker(redis, "rediss", ":" + port);
  }

  private static EmbeddedRedis start(
      int port, File certificateFile, File keyFile, String... options) {
    List<String> all = new ArrayList<>(List.of("--tls-port", Integer.toString(port)));
    all.addAll(List.of("--tls-cert-file", certificateFile.getPath()));
    all.addAll(List.of("--tls-key-file", keyFile.getPath()));
    all.addAll(List.of("--tls-auth-clients", "no"));
    all.addAll(List.of(options));
    return EmbeddedRedis.start(all.toArray(String[]::new));
  }

  @Test
  void theNodesOfAClusterAreReachedOverTlsOnly(@TempDir Path directory) throws IOException {
    int port = Ports.free();
    try (EmbeddedRedis node =
        start(
            port,
            certificate.toTempCertChainPem(),
            certificate.toTempPrivateKeyPem(),
            "--tls-ca-cert-file",
            certificate.toTempRootCertPem().getPath(),
            "--tls-cluster",
            "yes",
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            Integer.toString(Ports.free()),
            "--cluster-config-file",
            directory.resolve("nodes.conf").toString())) {
      node.ask("CLUSTER ADDSLOTSRANGE 0 16383");
      String url = "rediss-cluster://localhost:" + port;
      assertTaken(url + "?ca=" + certificate.toTempRootCertPem());
      assertRefused(url);
    }
  }

  @Test
  void sentinelsAndTheirMasterAreReachedOverTlsOnly(@TempDir Path directory) throws IOException {
    int port = Ports.free();
    int sentinelPort = Ports.free();
    File certificateFile = certificate.toTempCertChainPem();
    File keyFile = certificate.toTempPrivateKeyPem();
    try (EmbeddedRedis master = start(port, certificateFile, keyFile);
        ChildProcess sentinel =
            RedisSentinels.sentinel(
                directory,
                List.of(
                    "port 0",
                    "tls-port " + sentinelPort,
                    "bind 127.0.0.1",
                    "tls-cert-file " + certificateFile,
                    "tls-key-file " + keyFile,
                    "tls-ca-cert-file " + certificate.toTempRootCertPem(),
                    "tls-auth-clients no",
                    "tls-replication yes",
                    "sentinel monitor mymaster 127.0.0.1 " + port + " 1"))) {
      assertThat(master.ask("PING")).startsWith("+PONG");
      assertThat(sentinel.isAlive()).isTrue();
      String url = "rediss-sentinel://localhost:" + sentinelPort + "/mymaster";
      String ca = "?ca=" + certificate.toTempRootCertPem();
      assertTaken(url + ca + "&verify=ca");
      assertRefused(url + ca); // The Sentinel names the master by its IP address.
      assertRefused(url);
    }
  }
}
