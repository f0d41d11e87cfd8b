package io.starling.integration.outage;

import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.process.TcpProxy;
import java.util.ArrayList;
import java.util.List;

final class KafkaOutageIT extends BrokerOutageScenarios {
  @Override
  KillableBroker startBroker() {
    return KafkaProcess.start();
  }

  @Override
  Proxied startBehindProxy() {
    List<TcpProxy> proxies = new ArrayList<>();
    KafkaProcess kafka =
        KafkaProcess.start(
            port -> {
              proxies.add(TcpProxy.open(port));
              return proxies.get(0).port();
            });
    return new Proxied(kafka, proxies.get(0), kafka.url());
  }

  /** Hosts are no groups and own nothing there; their connections are seen by their threads. */
  @Override
  void assertOnlyTwoHostsOn(KillableBroker broker) {}

  @Override
  void assertNothingLeftOn(KillableBroker broker) {}
}
