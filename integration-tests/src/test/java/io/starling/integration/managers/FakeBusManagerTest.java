package io.starling.integration.managers;

import static io.starling.integration.contract.Payloads.binary;
import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.TestHost.NAMESPACE;
import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.integration.contract.ClusterContract;
import io.starling.integration.contract.FakeBus;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.ClientManager;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.BusWatch;
import io.starling.manager.pubsub.ClusterClientManager;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeBusManagerTest extends ClusterContract {
  private final FakeBus bus = new FakeBus();
  private PubSubSettings settings = PubSubSettings.DEFAULTS;

  @Override
  protected ClientManager createManager() {
    return new ClusterClientManager(bus.backend(), settings);
  }

  @Override
  protected ClientManager createStranger() {
    return new ClusterClientManager(bus.backend(), settings.withPrefix("other"));
  }

  @Override
  protected BusWatch createWatch(BusWatch.Listener listener) {
    return BusWatch.create(bus.backend(), PubSubSettings.DEFAULTS, listener);
  }

  @Override
  protected PubSubPublisher createPublisher() {
    return PubSubPublisher.create(
        bus.backend(), PubSubSettings.DEFAULTS, ManagerListener.NONE, TestHost.callbacks());
  }

  @AfterEach
  void endTheOutage() {
    bus.goUp();
  }

  @Test
  void P6_localDeliveryGoesOnWhileTheBrokerIsDown() {
    TestHost host = hosts(2).get(0);
    FakeSocket local = host.connect("local");

    bus.goDown();
    Awaitility.await().until(() -> host.manager().state() == BackendState.DOWN);
    CompletionStage<Accepted> stage = host.perform(new Operation.Emit(Recipients.ALL, json("[1]")));

    assertThat(local.received()).containsExactly("[1]");
    assertThat(stage.toCompletableFuture()).isNotDone();
  }

  @Test
  void P9_whatWasAcceptedDuringAnOutageArrivesOnceAndInOrder() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    List<CompletionStage<Accepted>> stages = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      if (i == 100) {
        bus.goDown();
      }
      if (i == 200) {
        bus.goUp();
      }
      stages.add(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]"))));
    }

    stages.forEach(TestHost::await);
    Awaitility.await().until(() -> remote.received().size() >= 300);
    assertThat(remote.received())
        .containsExactlyElementsOf(IntStream.range(0, 300).mapToObj(i -> "[" + i + "]").toList());
    Awaitility.await().until(() -> hosts.get(0).manager().state() == BackendState.UP);
  }

  @Test
  void P9_framesWhoseConfirmationWasLostAreSentAgainAndDeliveredOnce() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    bus.failAfterDelivery(3);
    List<CompletionStage<Accepted>> stages =
        IntStream.range(0, 50)
            .mapToObj(
                i -> hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]"))))
            .toList();

    stages.forEach(TestHost::await);
    Awaitility.await().until(() -> remote.received().size() >= 50);
    assertThat(remote.received())
        .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(i -> "[" + i + "]").toList());
    assertThat(hosts.get(1).listener().events()).anyMatch(e -> e.startsWith("duplicate"));
  }

  @Test
  void framesThatComeTwiceAreDeliveredOnce() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    bus.duplicate(true);
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[1]"))));
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[2]"))));

    eventually(remote, "[1]", "[2]");
  }

  @Test
  void P9_aLostFrameIsRepairedInItsPlace() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[1]"))));
    bus.drop(1);
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[2]"))));
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[3]"))));

    eventually(remote, "[1]", "[2]", "[3]");
    assertThat(hosts.get(1).listener().events())
        .anyMatch(e -> e.startsWith("repaired"))
        .noneMatch(e -> e.startsWith("gap"));
  }

  @Test
  void P9_aNewHostIsOwedNothingFromBeforeItsStartAndEverythingOnceItKnowsTheSender() {
    TestHost sender = host();
    await(sender.perform(new Operation.Emit(Recipients.ALL, json("[\"before\"]"))));
    TestHost started = host();
    FakeSocket client = started.connect("new");
    Awaitility.await().until(() -> started.manager().hosts().size() == 2);

    bus.drop(1);
    await(sender.perform(new Operation.Emit(Recipients.ALL, json("[\"lost\"]"))));
    await(sender.perform(new Operation.Emit(Recipients.ALL, json("[\"after\"]"))));

    eventually(client, "[\"lost\"]", "[\"after\"]");
    assertThat(started.listener().events())
        .anyMatch(e -> e.startsWith("repaired"))
        .noneMatch(e -> e.startsWith("gap"));
  }

  @Test
  void P9_whatAnEmitterLosesIsReportedByExactCount() {
    TestHost host = host();
    FakeSocket client = host.connect("client");
    try (PubSubPublisher emitter = createPublisher()) {
      await(emitter.start());
      await(
          emitter.perform(
              NAMESPACE, new Operation.Emit(Recipients.ALL, json("[1]")), Scope.CLUSTER));
      bus.drop(1);
      await(
          emitter.perform(
              NAMESPACE, new Operation.Emit(Recipients.ALL, json("[2]")), Scope.CLUSTER));
      await(
          emitter.perform(
              NAMESPACE, new Operation.Emit(Recipients.ALL, json("[3]")), Scope.CLUSTER));

      eventually(client, "[1]", "[3]");
      assertThat(host.listener().events()).contains("gap 2-2");
    }
  }

  @Test
  void P9_aPublisherThatIsBackBeforeItsReceiversLosesNothing() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");
    bus.loseSubscriptions(1);

    for (int i = 0; i < 100; i++) {
      await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]"))));
    }
    bus.restoreSubscriptions();

    Awaitility.await().until(() -> remote.received().size() >= 100);
    assertThat(remote.received())
        .containsExactlyElementsOf(IntStream.range(0, 100).mapToObj(i -> "[" + i + "]").toList());
    assertThat(hosts.get(1).listener().events()).noneMatch(e -> e.startsWith("gap"));
  }

  @Test
  void withASecretHostsHearWhoHasItAndNobodyElse() {
    settings = PubSubSettings.DEFAULTS.withSecrets("the old secret of all hosts");
    TestHost old = host();
    settings =
        PubSubSettings.DEFAULTS.withSecrets(
            "the new secret of all hosts", "the old secret of all hosts");
    TestHost changing = host();
    settings = PubSubSettings.DEFAULTS;
    TestHost stranger = host();
    FakeSocket client = changing.connect("client");

    await(stranger.perform(new Operation.Emit(Recipients.ALL, json("[\"forged\"]"))));
    await(old.perform(new Operation.Emit(Recipients.ALL, json("[\"true\"]"))));

    eventually(client, "[\"true\"]");
    assertThat(changing.listener().events()).anyMatch(e -> e.startsWith("rejected"));
    assertThat(stranger.manager().hosts()).hasSize(1);
  }

  @Test
  void aDelayedHostIsOvertakenByOthersAndKeepsItsOwnOrder() {
    List<TestHost> hosts = hosts(3);
    FakeSocket remote = hosts.get(2).connect("remote");

    bus.delay(0, true);
    for (int i = 0; i < 50; i++) {
      await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[0," + i + "]"))));
      await(hosts.get(1).perform(new Operation.Emit(Recipients.ALL, json("[1," + i + "]"))));
    }
    bus.delay(0, false);

    Awaitility.await().until(() -> remote.count() == 100);
    for (int host = 0; host < 2; host++) {
      String start = "[" + host + ",";
      assertThat(remote.received())
          .filteredOn(json -> json.startsWith(start))
          .containsExactlyElementsOf(
              IntStream.range(0, 50).mapToObj(i -> start + i + "]").toList());
    }
    assertThat(remote.received().get(0)).isEqualTo("[1,0]");
    assertThat(hosts.get(2).listener().events()).noneMatch(e -> e.startsWith("gap"));
  }

  @Test
  void aFrameThatIsTooLongIsReportedUnread() {
    TestHost host = host();

    bus.inject("starling:all", ByteBuffer.allocate(1_040_001));

    Awaitility.await()
        .until(() -> host.listener().events().stream().anyMatch(e -> e.contains("1040001 bytes")));
  }

  @Test
  void garbageOnTheBusIsReportedAndTheNextFrameIsServed() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    bus.inject("starling:all", ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
    bus.inject("starling:all", ByteBuffer.allocate(0));
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[1]"))));

    eventually(remote, "[1]");
    assertThat(hosts.get(1).listener().events())
        .filteredOn(e -> e.startsWith("rejected"))
        .hasSize(2);
  }

  @Test
  void P6_aFullOutboxRefusesTheNewOperationAndServesLocalClients() {
    settings = PubSubSettings.DEFAULTS.withOutboxBytes(1_100_000);
    TestHost host = host();
    FakeSocket local = host.connect("local");
    bus.goDown();

    CompletionStage<Accepted> fits =
        host.perform(new Operation.Emit(Recipients.ALL, binary("[1]", 1_000_000)));
    CompletionStage<Accepted> tooMuch =
        host.perform(new Operation.Emit(Recipients.ALL, binary("[2]", 1_000_000)));

    assertThatThrownBy(() -> await(tooMuch))
        .hasCauseInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("outbox");
    assertThat(local.received()).containsExactly("[1]+1000000", "[2]+1000000");
    assertThat(host.manager().whenWritable().toCompletableFuture()).isNotDone();
    bus.goUp();
    await(fits);
    await(host.manager().whenWritable());
  }

  @Test
  void P8_aStartWithTheBrokerDownFailsUnlessItKeepsTrying() {
    bus.goDown();
    assertThatThrownBy(this::host).hasMessageContaining("bus: down");

    settings = PubSubSettings.DEFAULTS.withKeepTrying(true);
    TestHost patient = host();
    assertThat(patient.manager().state()).isNotEqualTo(BackendState.UP);
    bus.goUp();
    Awaitility.await().until(() -> patient.manager().state() == BackendState.UP);
  }

  @Test
  void P11_aClosedManagerLeavesNoConnection() {
    TestHost host = host();

    host.close();

    assertThat(bus.connections()).isZero();
  }
}
