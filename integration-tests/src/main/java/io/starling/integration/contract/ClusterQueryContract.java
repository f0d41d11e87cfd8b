package io.starling.integration.contract;

import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.Payloads.text;
import static io.starling.integration.contract.TestHost.NAMESPACE;
import static io.starling.integration.contract.TestHost.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.LocalServer.ServerReply;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Projection;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * The tests of the questions that hosts ask each other, and of server events and their replies.
 * {@code Pn} in the name of a test is the number of a promise in docs/architecture.md.
 */
public abstract class ClusterQueryContract extends ClientManagerContract {
  private static final Set<Projection> ALL_OF_IT = EnumSet.allOf(Projection.class);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @BeforeEach
  void setUp() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
  }

  /** Starts hosts and waits until each of them knows all others. */
  protected final List<TestHost> hosts(int count) {
    List<TestHost> hosts = IntStream.range(0, count).mapToObj(i -> host()).toList();
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(hosts).allMatch(host -> host.manager().hosts().size() == count));
    return hosts;
  }

  @IndependentTest
  void socketsOfAllHostsAreFetchedWithTheirRoomsAndData() {
    List<TestHost> hosts = hosts(3);
    FakeSocket a = hosts.get(0).connect("a", "r");
    hosts.get(1).connect("b", "r", "q").data(json("[{\"name\":\"Ann\"}]"));
    hosts.get(1).connect("c", "q");

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(hosts.get(0).ask(new Question.FetchSockets(Recipients.room("r"), ALL_OF_IT), LONG));

    assertThat(found.missing()).isEmpty();
    assertThat(found.answers()).containsOnlyKeys(ids(hosts));
    assertThat(found.answers().get(id(hosts.get(0))))
        .containsExactly(new RemoteSocket<>(a.id(), id(hosts.get(0)), Set.of("a", "r"), null));
    RemoteSocket<EventPayload> b = of(hosts.get(1), found).get(0);
    assertThat(b.id()).isEqualTo(new SocketId("b"));
    assertThat(b.host()).isEqualTo(id(hosts.get(1)));
    assertThat(b.rooms()).containsExactlyInAnyOrder("b", "r", "q");
    assertThat(b.map(Payloads::text).data()).isEqualTo("[{\"name\":\"Ann\"}]");
    assertThat(found.answers().get(id(hosts.get(2)))).isEmpty();
  }

  @IndependentTest
  void whatIsNotAskedForDoesNotTravel() {
    List<TestHost> hosts = hosts(2);
    FakeSocket remote = hosts.get(1).connect("b", "r");
    remote.data(json("[{}]"));

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(hosts.get(0).ask(new Question.FetchSockets(Recipients.ALL, Set.of()), LONG));

    assertThat(found.answers().get(id(hosts.get(1))))
        .containsExactly(new RemoteSocket<>(remote.id(), id(hosts.get(1)), Set.of(), null));
  }

  @IndependentTest
  void anAnswerOfManySocketsComesInPartsAndWhole() {
    List<TestHost> hosts = hosts(2);
    int many = 10_000;
    IntStream.range(0, many)
        .forEach(i -> hosts.get(1).connect("socket-" + i, "a-room-with-a-long-name-" + i));

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(hosts.get(0).ask(new Question.FetchSockets(Recipients.ALL, ALL_OF_IT), LONG));

    assertThat(found.missing()).isEmpty();
    Set<SocketId> all = new HashSet<>();
    of(hosts.get(1), found).forEach(socket -> all.add(socket.id()));
    assertThat(all).hasSize(many);
  }

  @IndependentTest
  void aSocketWithMuchToTellIsFetchedBesideOthers() {
    List<TestHost> hosts = hosts(2);
    Map<SocketId, Integer> bytes = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      FakeSocket socket = hosts.get(1).connect("socket-" + i);
      int length = i % 2 == 0 ? 120_000 : 1_000_000;
      socket.data(json("[\"" + "x".repeat(length) + "\"]"));
      bytes.put(socket.id(), length + 4);
    }

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(hosts.get(0).ask(new Question.FetchSockets(Recipients.ALL, ALL_OF_IT), LONG));

    assertThat(found.missing()).isEmpty();
    Map<SocketId, Integer> told = new HashMap<>();
    for (RemoteSocket<EventPayload> socket : of(hosts.get(1), found)) {
      told.put(socket.id(), text(requireNonNull(socket.data())).length());
    }
    assertThat(told).isEqualTo(bytes);
  }

  @IndependentTest
  void aHostWithASocketThatTellsMoreThanAFrameHoldsSaysAtOnceThatItCannotAnswer() {
    List<TestHost> hosts = hosts(2);
    hosts.get(1).connect("s").data(json("[\"" + "x".repeat(1_040_000) + "\"]"));

    HostResponses<List<RemoteSocket<EventPayload>>> found =
        await(hosts.get(0).ask(new Question.FetchSockets(Recipients.ALL, ALL_OF_IT), MINUTE));

    assertThat(found.missing())
        .isEqualTo(Map.of(id(hosts.get(1)), new MissingHost(Reason.FAILED, 0, 0)));
  }

  @IndependentTest
  void membersOfARoomAreCountedHostByHost() {
    List<TestHost> hosts = hosts(3);
    hosts.get(0).connect("a", "r");
    hosts.get(1).connect("b", "r");
    hosts.get(1).connect("c", "r", "quiet");
    hosts.get(1).connect("d", "r");

    HostResponses<Integer> counted =
        await(
            hosts
                .get(0)
                .ask(new Question.Count(Recipients.room("r").except(List.of("quiet"))), LONG));

    assertThat(counted.complete()).isTrue();
    assertThat(counted.answers())
        .isEqualTo(Map.of(id(hosts.get(0)), 1, id(hosts.get(1)), 2, id(hosts.get(2)), 0));
  }

  @IndependentTest
  void queriesForThisHostOnlyAskNobodyElse() {
    List<TestHost> hosts = hosts(2);
    hosts.get(0).connect("a");
    hosts.get(1).connect("b");

    HostResponses<Integer> counted =
        await(
            hosts
                .get(0)
                .manager()
                .ask(NAMESPACE, new Question.Count(Recipients.ALL), Scope.LOCAL, LONG));

    assertThat(counted.answers()).isEqualTo(Map.of(id(hosts.get(0)), 1));
  }

  @IndependentTest
  void aSocketIsFoundOnItsHostAndNowhereElse() {
    List<TestHost> hosts = hosts(3);
    hosts.get(2).connect("here");
    hosts.get(1).connect("other", "a-room");

    assertThat(await(hosts.get(0).ask(new Question.Find(new SocketId("here")), LONG)))
        .contains(id(hosts.get(2)));
    assertThat(await(hosts.get(2).ask(new Question.Find(new SocketId("here")), LONG)))
        .contains(id(hosts.get(2)));
    assertThat(await(hosts.get(0).ask(new Question.Find(new SocketId("a-room")), LONG)))
        .as("a room is no socket")
        .isEmpty();
  }

  @IndependentTest
  void P10_aHostThatIsGoneWhileItIsAskedIsListed() {
    List<TestHost> hosts = hosts(2);
    hosts.get(1).sockets().onServerEvent((event, reply) -> {});

    CompletionStage<HostResponses<EventPayload>> asked =
        hosts
            .get(0)
            .ask(
                new Question.ServerEventWithReply(hosts.get(0).serverEvent(json("[\"ask\"]"))),
                LONG);
    hosts.get(1).close();

    assertThat(await(asked).missing().values())
        .singleElement()
        .matches(missing -> missing.reason() == Reason.LEFT);
  }

  @IndependentTest
  void P10_aHostThatDoesNotReplyIsListedAsTimedOut() {
    List<TestHost> hosts = hosts(2);
    hosts.get(1).sockets().onServerEvent((event, reply) -> {});

    Map<HostId, MissingHost> missing =
        await(
                hosts
                    .get(0)
                    .ask(
                        new Question.ServerEventWithReply(
                            hosts.get(0).serverEvent(json("[\"ask\"]"))),
                        SHORT))
            .missing();

    assertThat(missing)
        .isEqualTo(Map.of(id(hosts.get(1)), new MissingHost(Reason.TIMED_OUT, 0, 0)));
  }

  @IndependentTest
  void repliesToAServerEventComeByHostAndWhoHasNoneSaysSoAtOnce() {
    List<TestHost> hosts = hosts(4);
    hosts
        .get(1)
        .sockets()
        .onServerEvent((event, reply) -> reply.answered(json("[" + text(event) + ",1]")));
    hosts.get(2).sockets().onServerEvent((event, reply) -> reply.refused(Reason.FAILED));

    HostResponses<EventPayload> replies =
        await(
            hosts
                .get(0)
                .ask(
                    new Question.ServerEventWithReply(hosts.get(0).serverEvent(json("[\"ask\"]"))),
                    LONG));

    assertThat(replies.map(Payloads::text).answers())
        .isEqualTo(Map.of(id(hosts.get(1)), "[[\"ask\"],1]"));
    assertThat(replies.missing())
        .isEqualTo(
            Map.of(
                id(hosts.get(2)),
                new MissingHost(Reason.FAILED, 0, 0),
                id(hosts.get(3)),
                new MissingHost(Reason.NO_HANDLER, 0, 0)));
  }

  @IndependentTest
  void hostsThatAskWithEqualNumbersGetTheirOwnRepliesInWhateverOrder() {
    List<TestHost> hosts = hosts(3);
    hosts.get(0).sockets().onServerEvent((event, reply) -> refuse(reply));
    hosts.get(1).sockets().onServerEvent((event, reply) -> refuse(reply));
    List<Runnable> held = Collections.synchronizedList(new ArrayList<>());
    hosts
        .get(2)
        .sockets()
        .onServerEvent(
            (event, reply) ->
                held.add(() -> requireNonNull(reply).answered(json("[" + text(event) + "]"))));

    CompletionStage<HostResponses<EventPayload>> first =
        hosts
            .get(0)
            .ask(
                new Question.ServerEventWithReply(hosts.get(0).serverEvent(json("[\"first\"]"))),
                LONG);
    CompletionStage<HostResponses<EventPayload>> second =
        hosts
            .get(1)
            .ask(
                new Question.ServerEventWithReply(hosts.get(1).serverEvent(json("[\"second\"]"))),
                LONG);
    Awaitility.await().until(() -> held.size() == 2);
    held.get(1).run();
    held.get(0).run();

    assertThat(await(first).map(Payloads::text).answers())
        .isEqualTo(Map.of(id(hosts.get(2)), "[[\"first\"]]"));
    assertThat(await(second).map(Payloads::text).answers())
        .isEqualTo(Map.of(id(hosts.get(2)), "[[\"second\"]]"));
  }

  private static void refuse(@Nullable ServerReply reply) {
    requireNonNull(reply).refused(Reason.NO_HANDLER);
  }

  @IndependentTest
  void P2_serverEventsKeepTheirPlaceBetweenOtherOperations() {
    List<TestHost> hosts = hosts(2);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    FakeSocket remote = hosts.get(1).connect("b");
    hosts
        .get(1)
        .sockets()
        .onServerEvent((event, reply) -> seen.add(text(event) + remote.received().size()));
    for (int i = 0; i < 100; i++) {
      hosts.get(0).perform(new Operation.Emit(Recipients.ALL, json("[" + i + "]")));
      hosts.get(0).perform(hosts.get(0).serverEvent(json("[" + i + "]")));
    }

    Awaitility.await().until(() -> seen.size() == 100);
    assertThat(seen)
        .containsExactlyElementsOf(
            IntStream.range(0, 100).mapToObj(i -> "[" + i + "]" + (i + 1)).toList());
  }

  @IndependentTest
  void aServerEventDoesNotComeBackToItsSender() {
    List<TestHost> hosts = hosts(2);
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    hosts.forEach(
        host -> host.sockets().onServerEvent((event, reply) -> seen.add(id(host) + text(event))));

    await(hosts.get(0).perform(hosts.get(0).serverEvent(json("[1]"))));
    await(hosts.get(1).perform(hosts.get(1).serverEvent(json("[2]"))));

    Awaitility.await().until(() -> seen.size() >= 2);
    assertThat(seen).containsExactlyInAnyOrder(id(hosts.get(1)) + "[1]", id(hosts.get(0)) + "[2]");
  }

  @IndependentTest
  void hostsAreKnownWithTheirVersionAndAge() {
    List<TestHost> hosts = hosts(2);

    for (TestHost host : hosts) {
      List<HostInfo> infos = host.manager().hostInfos();
      assertThat(infos).extracting(HostInfo::id).containsExactlyInAnyOrder(ids(hosts));
      assertThat(infos)
          .allMatch(info -> info.release().startsWith("starling "))
          .allMatch(
              info -> info.age().compareTo(Duration.ofMinutes(5)) < 0 && !info.age().isNegative());
    }
  }

  private static List<RemoteSocket<EventPayload>> of(
      TestHost host, HostResponses<List<RemoteSocket<EventPayload>>> found) {
    return found.answers().getOrDefault(id(host), List.of());
  }

  private static HostId id(TestHost host) {
    return host.manager().hostId();
  }

  private static HostId[] ids(List<TestHost> hosts) {
    return hosts.stream().map(ClusterQueryContract::id).toArray(HostId[]::new);
  }
}
