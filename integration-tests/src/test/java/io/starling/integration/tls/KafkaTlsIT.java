package io.starling.integration.tls;

import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

final class KafkaTlsIT extends BrokerTlsScenarios {
  @Override
  TlsBroker startBroker(File certificateFile, File keyFile) {
    int port = Ports.free();
    String ssl = "listener.name.second.ssl.";
    try {
      KafkaProcess kafka =
          KafkaProcess.start(
              port,
              "SSL",
              Map.of(
                  ssl + "keystore.type", "PEM",
                  ssl + "keystore.certificate.chain", Files.readString(certificateFile.toPath()),
                  ssl + "keystore.key", Files.readString(keyFile.toPath())));
      return new TlsBroker(kafka, "kafkas", ":" + port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
