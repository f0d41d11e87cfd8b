package io.starling.integration.outage;

import static io.starling.integration.contract.Payloads.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.integration.process.TcpProxy;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  @Test
  void aBlockedBrokerIsWaitedForAndABlockedHostClosesInTime() {
    try (RabbitMqProcess rabbit = RabbitMqProcess.start();
        TestHost a = TestHost.start(ClientManagerFactory.create(rabbit.url()));
        TestHost b = TestHost.start(ClientManagerFactory.create(rabbit.url()))) {
      FakeSocket onB = b.connect("on-b");
      rabbit.control("set_vm_memory_high_watermark", "0.00001");
      // A connection is told that it is blocked when it next publishes.
      patiently()
          .until(
              () -> {
                a.perform(new Operation.ServerEvent(a.manager().hostId(), json("[0]")));
                return a.manager().state() != BackendState.UP;
              });
      for (int i = 0; i < 50; i++) {
        a.perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]")));
      }
      long from = System.nanoTime();
      TestHost c = blockedHost(rabbit);
      c.close();
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(20));

      rabbit.control("set_vm_memory_high_watermark", "0.4");
      patiently().until(() -> onB.count() >= 50);
      assertThat(onB.received()).doesNotHaveDuplicates().startsWith("[0]", "[1]").hasSize(50);
      patiently().until(() -> isAll(BackendState.UP, a, b));
    }
  }

  /** One whose broker takes nothing from the start. */
  private static TestHost blockedHost(RabbitMqProcess rabbit) {
    return TestHost.start(ClientManagerFactory.create(rabbit.url() + "?keep-trying=true"));
  }

  @Test
  void aFullQueueDropsTheOldestAndWhatIsDroppedIsRepaired() {
    try (RabbitMqProcess rabbit = RabbitMqProcess.start();
        TestHost a = TestHost.start(ClientManagerFactory.create(rabbit.url()));
        TestHost b =
            TestHost.start(ClientManagerFactory.create(rabbit.url() + "?queue-bytes=1048576"))) {
      FakeSocket onB = b.connect("on-b");
      String filler = "x".repeat(10_000);
      for (int i = 0; i < 2_000; i++) {
        TestHost.await(
            a.perform(new Operation.Emit(Recipients.ALL, json("[" + i + ",\"" + filler + "\"]"))));
      }
      patiently().until(() -> onB.count() == 2_000);
    }
  }
}
