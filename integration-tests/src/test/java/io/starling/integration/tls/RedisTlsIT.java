package io.starling.integration.tls;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.Ports;
import java.io.File;

final class RedisTlsIT extends BrokerTlsScenarios {
  @Override
  TlsBroker startBroker(File certificateFile, File keyFile) {
    String port = Integer.toString(Ports.free());
    EmbeddedRedis redis =
        EmbeddedRedis.start(
            "--tls-port",
            port,
            "--tls-cert-file",
            certificateFile.getPath(),
            "--tls-key-file",
            keyFile.getPath(),
            "--tls-auth-clients",
            "no");
    return new TlsBroker(redis, "rediss", ":" + port);
  }
}
