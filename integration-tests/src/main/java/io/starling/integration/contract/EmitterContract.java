package io.starling.integration.contract;

import static io.starling.integration.contract.Payloads.binary;
import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.Payloads.text;
import static io.starling.integration.contract.TestHost.NAMESPACE;
import static io.starling.integration.contract.TestHost.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Projection;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.ReplyInbox;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/**
 * The tests of emitters: processes that emit to the cluster and ask its hosts, without being hosts.
 * {@code Pn} in the name of a test is the number of a promise in docs/architecture.md.
 */
public abstract class EmitterContract extends ClusterQueryContract {
  private static final Question.Count ALL = new Question.Count(Recipients.ALL);

  private final List<PubSubPublisher> emitters = Collections.synchronizedList(new ArrayList<>());

  /** Creates, but does not start, a publisher of the same cluster, such as an emitter has. */
  protected abstract PubSubPublisher createPublisher();

  @AfterEach
  void closeEmitters() {
    emitters.forEach(PubSubPublisher::close);
  }

  /** An emitter with replies, which is closed after the test. */
  private record Emitter(PubSubPublisher publisher, ReplyInbox inbox) {
    <A> CompletionStage<A> ask(Question<A> question, Duration timeout) {
      return inbox.ask(NAMESPACE, question, Scope.CLUSTER, timeout);
    }

    CompletionStage<Accepted> emit(String json) {
      return inbox.perform(
          NAMESPACE, new Operation.Emit(Recipients.ALL, json(json)), Scope.CLUSTER);
    }

    Operation.ServerEvent serverEvent(String json) {
      return new Operation.ServerEvent(publisher.id(), json(json));
    }

    CompletionStage<AckResponses<EventPayload>> askAll(String json, Duration timeout) {
      return ask(new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, json(json))), timeout);
    }
  }

  private Emitter emitter() {
    PubSubPublisher publisher = createPublisher();
    emitters.add(publisher);
    ReplyInbox inbox = publisher.withReplies();
    await(publisher.start());
    return new Emitter(publisher, inbox);
  }

  @IndependentTest
  void anEmitterCountsTheSocketsOfEveryHost() {
    List<TestHost> hosts = hosts(3);
    hosts.get(0).connect("a", "r");
    hosts.get(1).connect("b", "r");
    hosts.get(1).connect("c");
    Emitter emitter = emitter();

    HostResponses<Integer> room =
        await(emitter.ask(new Question.Count(Recipients.room("r")), LONG));
    HostResponses<Integer> all = await(emitter.ask(ALL, LONG));

    assertThat(room.missing()).isEmpty();
    assertThat(room.answers())
        .isEqualTo(Map.of(id(hosts.get(0)), 1, id(hosts.get(1)), 1, id(hosts.get(2)), 0));
    assertThat(all.answers())
        .isEqualTo(Map.of(id(hosts.get(0)), 1, id(hosts.get(1)), 2, id(hosts.get(2)), 0));
  }

  @IndependentTest
  void anEmitterFetchesSocketsWithTheirRoomsAndData() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).connect("a", "r");
    hosts.get(1).connect("b", "r").data(json("[{\"name\":\"Ann\"}]"));

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(
            emitter()
                .ask(
                    new Question.FetchSockets(
                        Recipients.room("r"), EnumSet.allOf(Projection.class)),
                    LONG));

    assertThat(found.missing()).isEmpty();
    assertThat(found.answers().get(id(hosts.get(0))))
        .containsExactly(
            new RemoteSocket<>(new SocketId("a"), id(hosts.get(0)), Set.of("a", "r"), null));
    assertThat(found.answers().get(id(hosts.get(1))))
        .extracting(socket -> text(requireNonNull(socket.data())))
        .containsExactly("[{\"name\":\"Ann\"}]");
  }

  @IndependentTest
  void anEmitterFindsTheHostOfASocket() {
    List<TestHost> hosts = hosts(2);
    hosts.get(1).connect("here");
    Emitter emitter = emitter();

    assertThat(await(emitter.ask(new Question.Find(new SocketId("here")), LONG)))
        .contains(id(hosts.get(1)));
    assertThat(await(emitter.ask(new Question.Find(new SocketId("nowhere")), LONG))).isEmpty();
  }

  @IndependentTest
  void acksComeBackToAnEmitterBySocketId() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).connect("s0").answer(event -> json("[" + text(event) + "]"));
    hosts.get(1).connect("s1").answer(event -> binary("[{\"_placeholder\":true,\"num\":0}]", 9));

    AckResponses<EventPayload> responses = await(emitter().askAll("[\"ask\"]", LONG));

    assertThat(responses.complete()).isTrue();
    assertThat(responses.hosts())
        .isEqualTo(
            Map.of(new SocketId("s0"), id(hosts.get(0)), new SocketId("s1"), id(hosts.get(1))));
    assertThat(responses.answers().get(new SocketId("s0"))).isEqualTo(json("[[\"ask\"]]"));
    assertThat(responses.answers().get(new SocketId("s1")))
        .isEqualTo(binary("[{\"_placeholder\":true,\"num\":0}]", 9));
  }

  @IndependentTest
  void theServersOfAllHostsGetAnEventOfAnEmitter() {
    List<TestHost> hosts = hosts(2);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    hosts.forEach(
        host -> host.sockets().onServerEvent((event, reply) -> seen.add(id(host) + text(event))));
    Emitter emitter = emitter();

    await(emitter.inbox().perform(NAMESPACE, emitter.serverEvent("[1]"), Scope.CLUSTER));

    Awaitility.await().until(() -> seen.size() >= 2);
    assertThat(seen).containsExactlyInAnyOrder(id(hosts.get(0)) + "[1]", id(hosts.get(1)) + "[1]");
  }

  @IndependentTest
  void repliesToAServerEventOfAnEmitterComeByHost() {
    List<TestHost> hosts = hosts(3);
    hosts.get(0).sockets().onServerEvent((event, reply) -> reply.answered(json("[0]")));
    hosts.get(1).sockets().onServerEvent((event, reply) -> reply.refused(Reason.FAILED));
    Emitter emitter = emitter();

    HostResponses<EventPayload> replies =
        await(
            emitter.ask(new Question.ServerEventWithReply(emitter.serverEvent("[\"ask\"]")), LONG));

    assertThat(replies.map(Payloads::text).answers()).isEqualTo(Map.of(id(hosts.get(0)), "[0]"));
    assertThat(replies.missing())
        .isEqualTo(
            Map.of(
                id(hosts.get(1)),
                new MissingHost(Reason.FAILED, 0, 0),
                id(hosts.get(2)),
                new MissingHost(Reason.NO_HANDLER, 0, 0)));
  }

  @IndependentTest
  void anEmitterGetsTheDescriptionOfEveryHost() {
    List<TestHost> hosts = hosts(2);

    HostResponses<HostInfo> described = await(emitter().inbox().hosts(LONG));

    assertThat(described.missing()).isEmpty();
    assertThat(described.answers()).containsOnlyKeys(id(hosts.get(0)), id(hosts.get(1)));
    assertThat(described.answers().values())
        .allMatch(info -> info.release().startsWith("starling "))
        .allMatch(info -> info.age().compareTo(Duration.ofMinutes(5)) < 0);
    assertThat(described.answers()).allSatisfy((id, info) -> assertThat(info.id()).isEqualTo(id));
  }

  @IndependentTest
  void P10_aHostThatDoesNotReplyToAnEmitterIsListedAsTimedOut() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).sockets().onServerEvent((event, reply) -> reply.answered(json("[0]")));
    hosts.get(1).sockets().onServerEvent((event, reply) -> {});
    Emitter emitter = emitter();
    await(emitter.ask(ALL, LONG));

    HostResponses<EventPayload> replies =
        await(
            emitter.ask(
                new Question.ServerEventWithReply(emitter.serverEvent("[\"ask\"]")),
                Duration.ofSeconds(3)));

    assertThat(replies.answers()).containsOnlyKeys(id(hosts.get(0)));
    assertThat(replies.missing())
        .isEqualTo(Map.of(id(hosts.get(1)), new MissingHost(Reason.TIMED_OUT, 0, 0)));
  }

  @IndependentTest
  void P10_aClientThatDoesNotAnswerAnEmitterIsListedWithItsHost() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).connect("s0").answer(event -> json("[0]"));
    hosts.get(1).connect("silent");
    Emitter emitter = emitter();
    await(emitter.ask(ALL, LONG));

    AckResponses<EventPayload> responses = await(emitter.askAll("[1]", Duration.ofSeconds(3)));

    assertThat(responses.answers()).containsOnlyKeys(new SocketId("s0"));
    assertThat(responses.missing())
        .isEqualTo(Map.of(id(hosts.get(1)), new MissingHost(Reason.INCOMPLETE, 0, 1)));
  }

  @IndependentTest
  void whereNoHostRunsAQuestionOfAnEmitterEndsWithoutAnAnswer() {
    HostResponses<Integer> counted = await(emitter().ask(ALL, SHORT));

    assertThat(counted.answers()).isEmpty();
    assertThat(counted.missing())
        .as("a host may run that is not connected yet")
        .isEqualTo(Map.of(HostId.UNKNOWN, new MissingHost(Reason.UNREACHABLE, 0, 0)));
  }

  @IndependentTest
  void emittersWithEqualRequestIdsGetTheirOwnAnswersInWhateverOrder() {
    List<TestHost> hosts = hosts(2);
    FakeSocket socket = hosts.get(1).connect("s");
    socket.answer(event -> json("[" + text(event) + "]"));
    hosts.get(1).sockets().holdAnswers();

    CompletionStage<AckResponses<EventPayload>> first = emitter().askAll("[\"first\"]", LONG);
    CompletionStage<AckResponses<EventPayload>> second = emitter().askAll("[\"second\"]", LONG);
    Awaitility.await().until(() -> hosts.get(1).sockets().held() == 2);
    hosts.get(1).sockets().releaseReversed();

    assertThat(await(first).map(Payloads::text).answers())
        .isEqualTo(Map.of(socket.id(), "[[\"first\"]]"));
    assertThat(await(second).map(Payloads::text).answers())
        .isEqualTo(Map.of(socket.id(), "[[\"second\"]]"));
  }

  @IndependentTest
  void anEmitterWithRepliesIsNoHostAndHearsNothingButAnswers() {
    List<TestHost> hosts = hosts(2);
    FakeSocket socket = hosts.get(1).connect("s");
    Emitter emitter = emitter();
    await(emitter.ask(ALL, LONG));
    for (int i = 0; i < 100; i++) {
      hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]")));
    }
    await(emitter.emit("[\"end\"]"));

    Awaitility.await().until(() -> socket.received().size() == 101);
    assertThat(emitter.publisher().statistics().get(BusCount.RECEIVED))
        .as("two answers and what each host tells of itself, perhaps twice")
        .isBetween(4L, 6L);
    assertThat(hosts).allMatch(host -> host.manager().hosts().size() == 2);
  }

  @IndependentTest
  void anAnswerToAnEmitterThatIsGoneDisturbsNoHost() {
    List<TestHost> hosts = hosts(2);
    hosts.forEach(host -> host.connect("s" + id(host)).answer(event -> json("[1]")));
    hosts.forEach(host -> host.sockets().holdAnswers());
    Emitter emitter = emitter();
    CompletionStage<AckResponses<EventPayload>> asked = emitter.askAll("[1]", LONG);
    Awaitility.await().until(() -> hosts.stream().allMatch(host -> host.sockets().held() == 1));

    emitter.publisher().close();
    hosts.forEach(host -> host.sockets().releaseReversed());

    assertThat(await(asked).answers()).isEmpty();
    Map<HostId, Integer> one = new HashMap<>();
    hosts.forEach(host -> one.put(id(host), 1));
    for (TestHost host : hosts) {
      assertThat(await(host.ask(ALL, LONG)).answers()).isEqualTo(one);
      assertThat(host.listener().events())
          .noneMatch(event -> event.startsWith("failed") || event.startsWith("skipped"))
          .noneMatch(event -> event.startsWith("state DE") || event.startsWith("state DO"));
    }
  }

  private static HostId id(TestHost host) {
    return host.manager().hostId();
  }
}
