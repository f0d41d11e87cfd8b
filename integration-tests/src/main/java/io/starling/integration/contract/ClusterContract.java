package io.starling.integration.contract;

import static io.starling.integration.contract.Payloads.binary;
import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.Payloads.text;
import static io.starling.integration.contract.TestHost.NAMESPACE;
import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.ClientManager;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.BusWatch;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * The tests of what every client manager does across hosts, beside the tests for its own process in
 * {@link ClientManagerContract}. {@code Pn} in the name of a test is the number of a promise in
 * docs/architecture.md.
 */
public abstract class ClusterContract extends EmitterContract {
  /** In this time the other host must tell, over the broker, how many clients it asks. */
  private static final Duration UNTIL_THE_OTHER_TOLD = Duration.ofSeconds(3);

  private static final int MANY = 1_000;

  /** Creates, but does not start, a manager on the same broker with another prefix. */
  protected abstract ClientManager createStranger();

  /** Creates, but does not start, a watch of the same cluster. */
  protected abstract BusWatch createWatch(BusWatch.Listener listener);

  @IndependentTest
  void applicationsWithDifferentPrefixesOnOneBrokerNeverSeeEachOther() {
    TestHost ours = host();
    FakeSocket our = ours.connect("s", "r");
    try (TestHost theirs = TestHost.start(createStranger())) {
      FakeSocket their = theirs.connect("s", "r");

      await(theirs.perform(new Operation.Emit(Recipients.room("r"), json("[1]"))));
      await(ours.perform(new Operation.Emit(Recipients.room("r"), json("[2]"))));
      await(theirs.perform(new Operation.CloseRoom("r")));
      await(theirs.perform(new Operation.Disconnect(Recipients.ALL, true)));

      assertThat(await(ours.ask(new Question.Count(Recipients.room("r")), LONG)).answers())
          .isEqualTo(Map.of(ours.manager().hostId(), 1));
      assertThat(ours.manager().hosts()).containsExactly(ours.manager().hostId());
      assertThat(theirs.manager().hosts()).containsExactly(theirs.manager().hostId());
      assertThat(our.received()).containsExactly("[2]");
      assertThat(their.received()).containsExactly("[1]", "closed");
    }
  }

  protected static void eventually(FakeSocket socket, String... received) {
    Awaitility.await().untilAsserted(() -> assertThat(socket.received()).containsExactly(received));
  }

  @IndependentTest
  void P1_anEmitReachesTheClientsOfEveryHostExactlyOnce() {
    List<TestHost> hosts = hosts(3);
    FakeSocket a = hosts.get(0).connect("a", "r", "q");
    FakeSocket b = hosts.get(1).connect("b", "q");
    FakeSocket c = hosts.get(2).connect("c", "r");
    FakeSocket except = hosts.get(1).connect("d", "r", "quiet");

    Recipients recipients = Recipients.rooms(List.of("r", "q")).except(List.of("quiet"));
    await(hosts.get(0).perform(new Operation.Emit(recipients, json("[1]"))));
    await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[\"end\"]"))));

    eventually(a, "[1]", "[\"end\"]");
    eventually(b, "[1]", "[\"end\"]");
    eventually(c, "[1]", "[\"end\"]");
    eventually(except, "[\"end\"]");
  }

  @IndependentTest
  void P2_messagesOfEachHostArriveInTheirOrderOnEveryHost() {
    List<TestHost> hosts = hosts(2);
    FakeSocket a = hosts.get(0).connect("a");
    FakeSocket b = hosts.get(1).connect("b");

    for (int i = 0; i < MANY; i++) {
      for (int host = 0; host < 2; host++) {
        emit(hosts.get(host), Recipients.ALL, "[" + host + "," + i + "]");
      }
    }

    for (FakeSocket socket : List.of(a, b)) {
      Awaitility.await().until(() -> socket.received().size() >= 2 * MANY);
      for (int host = 0; host < 2; host++) {
        String origin = "[" + host + ",";
        assertThat(socket.received())
            .filteredOn(text -> text.startsWith(origin))
            .containsExactlyElementsOf(
                IntStream.range(0, MANY).mapToObj(i -> origin + i + "]").toList());
      }
    }
  }

  @IndependentTest
  void P2_anOperationTakesEffectEverywhereBeforeTheNextOne() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");
    Recipients socket = Recipients.socket(remote.id());
    Recipients room = Recipients.room("r");

    hosts.get(0).perform(new Operation.Join(socket, Set.of("r")));
    emit(hosts.get(0), room, "[1]");
    hosts.get(0).perform(new Operation.Leave(socket, Set.of("r")));
    emit(hosts.get(0), room, "[2]");
    hosts.get(0).perform(new Operation.Join(socket, Set.of("r")));
    hosts.get(0).perform(new Operation.CloseRoom("r"));
    emit(hosts.get(0), room, "[3]");
    emit(hosts.get(0), socket, "[4]");
    hosts.get(0).perform(new Operation.Disconnect(socket, false));

    eventually(remote, "[1]", "[4]", "disconnected");
  }

  @IndependentTest
  void P9_aHostThatStartsAmongSendersGetsAllThatIsEmittedOnceItKnowsTheSender() {
    TestHost sender = host();
    CompletableFuture<TestHost> starting = CompletableFuture.supplyAsync(this::host);
    CompletableFuture<FakeSocket> connecting =
        starting.thenApply(started -> started.connect("new"));
    int known = 0;
    while (!connecting.isDone() || starting.join().manager().hosts().size() < 2) {
      assertThat(known).as("emits until the hosts know each other").isLessThan(100 * MANY);
      await(sender.perform(new Operation.Emit(Recipients.ALL, json("[" + known + "]"))));
      known++;
    }
    int sent = known + MANY;
    for (int i = known; i < sent; i++) {
      emit(sender, Recipients.ALL, "[" + i + "]");
    }

    FakeSocket on = connecting.join();
    String last = "[" + (sent - 1) + "]";
    Awaitility.await().until(() -> on.received().contains(last));
    String heardFirst = on.received().get(0);
    int first = Integer.parseInt(heardFirst.substring(1, heardFirst.length() - 1));
    assertThat(first).isLessThanOrEqualTo(known);
    assertThat(on.received())
        .containsExactlyElementsOf(
            IntStream.range(first, sent).mapToObj(i -> "[" + i + "]").toList());
    assertThat(starting.join().listener().events()).noneMatch(e -> e.startsWith("gap"));
  }

  @IndependentTest
  void P3_localClientsAreServedBeforeTheCallReturns() {
    List<TestHost> hosts = hosts(2);
    FakeSocket local = hosts.get(0).connect("local");

    CompletionStage<Accepted> stage =
        hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[1]")));

    assertThat(local.received()).containsExactly("[1]");
    await(stage);
  }

  @IndependentTest
  void P5_aMessageThatIsTooLargeFailsBeforeAnySideEffect() {
    List<TestHost> hosts = hosts(2);
    FakeSocket local = hosts.get(0).connect("local");
    FakeSocket remote = hosts.get(1).connect("remote");

    CompletionStage<Accepted> tooLarge =
        hosts.get(0).perform(new Operation.Emit(Recipients.ALL, binary("[0]", 1_040_000)));

    assertThatThrownBy(() -> await(tooLarge)).hasCauseInstanceOf(MessageTooLargeException.class);
    emit(hosts.get(0), Recipients.ALL, "[1]");
    eventually(local, "[1]");
    eventually(remote, "[1]");
  }

  @IndependentTest
  void aPacketOfAMillionBytesAndItsAttachmentsArriveWhole() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");

    await(
        hosts.get(0).perform(new Operation.Emit(Recipients.ALL, binary("[\"image\"]", 1_000_000))));

    eventually(remote, "[\"image\"]+1000000");
  }

  @IndependentTest
  void thePayloadTravelsUnparsed() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("remote");
    String oddButOurs = "[ \"e\" ,1.10,12345678901234567890123]";

    emit(hosts.get(0), Recipients.ALL, oddButOurs);

    eventually(remote, oddButOurs);
  }

  @IndependentTest
  void anEmitForThisHostOnlyStaysHere() {
    List<TestHost> hosts = hosts(2);
    FakeSocket local = hosts.get(0).connect("local");
    FakeSocket remote = hosts.get(1).connect("remote");

    await(
        hosts
            .get(0)
            .manager()
            .perform(NAMESPACE, new Operation.Emit(Recipients.ALL, json("[1]")), Scope.LOCAL));
    emit(hosts.get(0), Recipients.ALL, "[2]");

    eventually(local, "[1]", "[2]");
    eventually(remote, "[2]");
  }

  @IndependentTest
  void acksOfClientsOnOtherHostsComeBySocketId() {
    List<TestHost> hosts = hosts(3);
    hosts.get(0).connect("s0").answer(event -> json("[0]"));
    hosts.get(1).connect("s1").answer(event -> binary("[{\"_placeholder\":true,\"num\":0}]", 9));

    AckResponses<EventPayload> responses = ask(hosts.get(2), Recipients.ALL);

    assertThat(responses.complete()).isTrue();
    assertThat(responses.answers())
        .containsOnlyKeys(new SocketId("s0"), new SocketId("s1"))
        .extractingByKey(new SocketId("s1"))
        .extracting(answer -> answer.attachments().get(0).remaining())
        .isEqualTo(9);
  }

  @IndependentTest
  void anAckWithBytesComesBackFromAnotherHost() {
    List<TestHost> hosts = hosts(2);
    FakeSocket socket = hosts.get(1).connect("s");
    socket.answer(event -> Payloads.binary("[{\"_placeholder\":true,\"num\":0}]", 3));

    AckResponses<EventPayload> responses = await(askAs(hosts.get(0), "[1]"));

    assertThat(responses.answers().get(socket.id()))
        .isEqualTo(Payloads.binary("[{\"_placeholder\":true,\"num\":0}]", 3));
  }

  @IndependentTest
  void aRoomOfAnyNameIsReachedOnEveryHost() {
    List<String> names = List.of("", "*", "a,b", "{\"x\":[1]}", "日本", "\u0000", "r".repeat(1024));
    List<TestHost> hosts = hosts(2);
    FakeSocket socket = hosts.get(1).connect("s", names.toArray(String[]::new));
    FakeSocket other = hosts.get(1).connect("other");

    for (String name : names) {
      emit(hosts.get(0), Recipients.room(name), "[1]");
    }
    emit(hosts.get(0), Recipients.ALL.except(List.of("日本")), "[2]");
    emit(hosts.get(0), Recipients.ALL, "[3]");

    eventually(socket, "[1]", "[1]", "[1]", "[1]", "[1]", "[1]", "[1]", "[3]");
    eventually(other, "[2]", "[3]");
  }

  @IndependentTest
  void hostsWithEqualRequestIdsGetTheirOwnAnswersInWhateverOrder() {
    List<TestHost> hosts = hosts(3);
    FakeSocket socket = hosts.get(2).connect("s");
    socket.answer(event -> json("[" + text(event) + "]"));
    hosts.get(2).sockets().holdAnswers();

    CompletionStage<AckResponses<EventPayload>> first = askAs(hosts.get(0), "[\"first\"]");
    CompletionStage<AckResponses<EventPayload>> second = askAs(hosts.get(1), "[\"second\"]");
    Awaitility.await().until(() -> hosts.get(2).sockets().held() == 2);
    hosts.get(2).sockets().releaseReversed();

    assertThat(await(first).map(answer -> text(answer)).answers())
        .isEqualTo(Map.of(socket.id(), "[[\"first\"]]"));
    assertThat(await(second).map(answer -> text(answer)).answers())
        .isEqualTo(Map.of(socket.id(), "[[\"second\"]]"));
  }

  @IndependentTest
  void P10_aHostWhoseClientDoesNotAnswerIsListedAsIncomplete() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).connect("s0").answer(event -> json("[0]"));
    hosts.get(1).connect("silent");

    AckResponses<EventPayload> responses =
        await(
            hosts
                .get(0)
                .ask(
                    new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, json("[1]"))),
                    UNTIL_THE_OTHER_TOLD));

    assertThat(responses.answers()).containsOnlyKeys(new SocketId("s0"));
    assertThat(responses.missing()).containsOnlyKeys(hosts.get(1).manager().hostId());
    assertThat(responses.missing().values())
        .allMatch(missing -> missing.reason() == Reason.INCOMPLETE);
  }

  @IndependentTest
  void P10_aHostThatLeavesCompletesItsPartAtOnce() {
    List<TestHost> hosts = hosts(2);
    hosts.get(1).connect("s").answer(event -> json("[1]"));
    hosts.get(1).sockets().holdAnswers();

    CompletionStage<AckResponses<EventPayload>> asked = askAs(hosts.get(0), "[1]");
    Awaitility.await().until(() -> hosts.get(1).sockets().held() == 1);
    hosts.get(1).close();

    assertThat(await(asked).missing().values())
        .singleElement()
        .matches(missing -> missing.reason() == Reason.LEFT);
  }

  @IndependentTest
  void aHostWhoseEventLoopsAreBehindTakesWhatIsOnItsWayLaterAndLosesNothing() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("b");

    hosts.get(1).sockets().backlog((64L << 20) + 1);
    for (int i = 0; i < MANY; i++) {
      await(hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]"))));
    }
    hosts.get(1).sockets().backlog(0);

    Awaitility.await().until(() -> remote.received().size() == MANY);
    assertThat(hosts.get(1).listener().events()).noneMatch(event -> event.startsWith("gap"));
  }

  @IndependentTest
  void aHostThatClosesIsGoneForTheOthersAtOnce() {
    List<TestHost> hosts = hosts(2);

    hosts.get(1).close();

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(hosts.get(0).manager().hosts())
                    .containsExactly(hosts.get(0).manager().hostId()));
  }

  @IndependentTest
  void aPublisherReachesEveryHostAndIsNone() {
    List<TestHost> hosts = hosts(2);
    FakeSocket a = hosts.get(0).connect("a");
    FakeSocket b = hosts.get(1).connect("b");
    try (PubSubPublisher publisher = createPublisher()) {
      await(publisher.start());

      publisher.perform(
          NAMESPACE, new Operation.Join(Recipients.socket(b.id()), Set.of("r")), Scope.CLUSTER);
      publisher.perform(
          NAMESPACE, new Operation.Emit(Recipients.room("r"), json("[1]")), Scope.CLUSTER);
      publisher.perform(NAMESPACE, new Operation.Leave(Recipients.ALL, Set.of("r")), Scope.CLUSTER);
      publisher.perform(
          NAMESPACE, new Operation.Emit(Recipients.room("r"), json("[2]")), Scope.CLUSTER);
      publisher.perform(NAMESPACE, new Operation.Emit(Recipients.ALL, json("[3]")), Scope.CLUSTER);
      await(
          publisher.perform(
              NAMESPACE, new Operation.Disconnect(Recipients.ALL, true), Scope.CLUSTER));

      eventually(a, "[3]", "closed");
      eventually(b, "[1]", "[3]", "closed");
      assertThat(hosts.get(0).manager().hosts()).hasSize(2);
    }
  }

  @IndependentTest
  void aWatchSeesWhatGoesToAllAndIsNoHost() {
    List<TestHost> hosts = hosts(2);
    RecordingWatch seen = new RecordingWatch();
    try (BusWatch watch = createWatch(seen)) {
      await(watch.start());

      emit(hosts.get(0), Recipients.room("r").except(Set.of("q")), "[\"event\",1]");
      await(hosts.get(0).perform(new Operation.Join(Recipients.ALL, Set.of("b", "a"))));

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(seen.messagesOf(hosts.get(0).manager().hostId()))
                      .containsExactly(
                          "emit r -q [\"event\",1] {}", "join everybody {joined=[a, b]}"));
      assertThat(hosts.get(0).manager().hosts()).hasSize(2);
      assertThat(await(hosts.get(1).ask(new Question.Count(Recipients.ALL), LONG)).complete())
          .isTrue();
      assertThat(seen.malformed()).isEmpty();
    }
  }

  @IndependentTest
  void P11_whatWasAcceptedBeforeTheCloseArrives() {
    List<TestHost> hosts = hosts(1);
    FakeSocket socket = hosts.get(0).connect("s");
    PubSubPublisher publisher = createPublisher();
    await(publisher.start());

    for (int i = 0; i < MANY; i++) {
      publisher.perform(
          NAMESPACE, new Operation.Emit(Recipients.ALL, json("[" + i + "]")), Scope.CLUSTER);
    }
    publisher.close();

    Awaitility.await().until(() -> socket.received().size() == MANY);
  }

  private static void emit(TestHost host, Recipients recipients, String json) {
    CompletableFuture<Accepted> stage =
        host.perform(new Operation.Emit(recipients, json(json))).toCompletableFuture();
    assertThat(stage.isCompletedExceptionally()).isFalse();
  }

  private static AckResponses<EventPayload> ask(TestHost host, Recipients recipients) {
    return await(
        host.ask(new Question.EmitWithAck(new Operation.Emit(recipients, json("[1]"))), LONG));
  }

  private static CompletionStage<AckResponses<EventPayload>> askAs(TestHost host, String json) {
    return host.ask(new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, json(json))), LONG);
  }
}
