package io.starling.integration.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.process.TcpProxy;
import java.util.List;

final class RabbitMqOutageIT extends BrokerOutageScenarios {
  @Override
  KillableBroker startBroker() {
    return RabbitMqProcess.start();
  }

  @Override
  Proxied startBehindProxy() {
    RabbitMqProcess rabbit = RabbitMqProcess.start();
    TcpProxy proxy = TcpProxy.open(rabbit.port());
    return new Proxied(rabbit, proxy, "amqp://127.0.0.1:" + proxy.port());
  }

  @Override
  void assertOnlyTwoHostsOn(KillableBroker broker) {
    assertThat(list(broker, "list_queues", "name")).hasSize(2);
    assertThat(list(broker, "list_connections", "name")).hasSize(4);
  }

  @Override
  void assertNothingLeftOn(KillableBroker broker) {
    patiently()
        .untilAsserted(
            () -> {
              assertThat(list(broker, "list_queues", "name")).isEmpty();
              assertThat(list(broker, "list_connections", "name")).isEmpty();
            });
  }

  private static List<String> list(KillableBroker broker, String what, String column) {
    return ((RabbitMqProcess) broker).control(what, "--no-table-headers", column);
  }
}
