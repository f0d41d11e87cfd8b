package io.starling.integration.tls;

import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RabbitMqProcess;
import java.io.File;

final class RabbitMqTlsIT extends BrokerTlsScenarios {
  @Override
  TlsBroker startBroker(File certificateFile, File keyFile) {
    int port = Ports.free();
    RabbitMqProcess rabbit =
        RabbitMqProcess.start(
            "listeners.ssl.1 = 127.0.0.1:" + port,
            "ssl_options.certfile = " + certificateFile,
            "ssl_options.keyfile = " + keyFile,
            "ssl_options.verify = verify_none");
    return new TlsBroker(rabbit, "amqps", ":" + port);
  }
}
