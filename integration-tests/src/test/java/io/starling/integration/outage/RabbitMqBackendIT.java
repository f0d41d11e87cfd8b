package io.starling.integration.outage;

import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.process.TcpProxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only a real RabbitMQ does. */
final class RabbitMqBackendIT {
  /**
   * Started by the first test; null where there is no rabbitmq-server, and all tests are skipped.
   */
  @SuppressWarnings("NullAway.Init")
  private static RabbitMqProcess rabbit;

  @BeforeEach
  void open() {
    if (rabbit == null) {
      rabbit = RabbitMqProcess.start();
    }
  }

  @AfterAll
  static void close() {
    if (rabbit != null) {
      rabbit.close();
    }
  }

  private static List<String> list(String what, String column) {
    return rabbit.control(what, "--no-table-headers", column);
  }

  @Test
  void aFrameThatNoQueueTakesHasNoReceivers() {
    try (BackendProbe probe = new BackendProbe(rabbit.url())) {
      await(probe.start());
      assertThat(await(probe.publish("nobody"))).isZero();
      await(probe.backend().subscribe(probe.channel()));
      assertThat(await(probe.publish("somebody"))).isEqualTo(-1);
      Awaitility.await().until(() -> probe.frames().equals(List.of("somebody")));
    }
  }

  @Test
  void aFrameThatCannotBeSentShiftsNoConfirm() {
    try (BackendProbe probe = new BackendProbe(rabbit.url())) {
      await(probe.start());
      await(probe.backend().subscribe(probe.channel()));
      CompletionStage<Integer> tooLong =
          probe.backend().publish(probe.channel() + "x".repeat(256), ByteBuffer.wrap(new byte[1]));
      assertThatThrownBy(() -> await(tooLong)).hasStackTraceContaining("at most 255 bytes");
      for (int i = 0; i < 20; i++) {
        assertThat(await(probe.publish("after " + i))).isEqualTo(-1);
      }
      assertThat(probe.told("lost")).isNull();
    }
  }

  @Test
  void aQueueThatIsDeletedByHandIsMadeAgain() {
    try (BackendProbe probe = new BackendProbe(rabbit.url())) {
      await(probe.start());
      await(probe.backend().subscribe(probe.channel()));
      String queue =
          list("list_queues", "name").stream()
              .filter(name -> name.startsWith(probe.prefix()))
              .findFirst()
              .orElseThrow();
      rabbit.deleteQueue(queue);
      BrokerOutageScenarios.patiently().until(() -> probe.told("restored SUBSCRIBE") != null);

      assertThat(await(probe.publish("again"))).isEqualTo(-1);
      Awaitility.await().until(() -> probe.frames().contains("again"));
    }
  }

  @Test
  void aBindingThatIsRemovedByHandIsThereAgainAfterTheNextSubscribe() {
    try (BackendProbe probe = new BackendProbe(rabbit.url())) {
      await(probe.start());
      await(probe.backend().subscribe(probe.channel()));
      rabbit.removeBindings(probe.channel());
      assertThat(await(probe.publish("lost"))).isZero();

      await(probe.backend().subscribe(probe.channel()));

      assertThat(await(probe.publish("again"))).isEqualTo(-1);
      Awaitility.await().until(() -> probe.frames().equals(List.of("again")));
    }
  }

  @Test
  void aUserWithoutRightsIsToldSo() {
    rabbit.control("add_user", "limited", "secret");
    rabbit.control("set_permissions", "limited", "^$", "^$", "^$");
    String url = rabbit.url().replace("guest:guest", "limited:secret");
    try (BackendProbe probe = new BackendProbe(url)) {
      assertThatThrownBy(() -> await(probe.start()))
          .hasStackTraceContaining("ACCESS_REFUSED")
          .hasMessageNotContaining("secret");
    }
    try (BackendProbe probe = new BackendProbe(url.replace("secret", "wrong"))) {
      assertThatThrownBy(() -> await(probe.start())).hasStackTraceContaining("ACCESS_REFUSED");
    }
  }

  @Test
  void noConnectionSurvivesACloseThatComesWhileConnecting() {
    try (TcpProxy slow = TcpProxy.open(rabbit.port())) {
      slow.hold();
      BackendProbe probe = new BackendProbe("amqp://127.0.0.1:" + slow.port());
      var started = probe.start().toCompletableFuture();
      Awaitility.await().until(() -> probe.threads().size() >= 2);
      probe.close();
      slow.release();

      Awaitility.await().until(started::isCompletedExceptionally);
      Awaitility.await().untilAsserted(() -> assertThat(probe.threads()).isEmpty());
      assertThat(list("list_queues", "name")).noneMatch(name -> name.startsWith(probe.prefix()));
    }
  }
}
