package io.starling.integration.outage;

import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.outage.BrokerOutageScenarios.isAll;
import static io.starling.integration.outage.BrokerOutageScenarios.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A RabbitMQ that takes no more, or not all, for a while. Each test has a broker of its own. */
@Execution(ExecutionMode.CONCURRENT)
final class RabbitMqFullIT {
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
