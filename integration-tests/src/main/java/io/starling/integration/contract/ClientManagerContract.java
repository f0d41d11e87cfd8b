package io.starling.integration.contract;

import static io.starling.integration.contract.Payloads.json;
import static io.starling.integration.contract.Payloads.text;
import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.AckResponses;
import io.starling.manager.ClientManager;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerException;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/**
 * The tests of what every client manager does for the sockets of its own process. {@code Pn} in the
 * name of a test is the number of a promise in docs/architecture.md.
 */
public abstract class ClientManagerContract {
  protected static final Duration LONG = Duration.ofSeconds(20);
  protected static final Duration SHORT = Duration.ofMillis(300);

  private final List<TestHost> hosts = new ArrayList<>();

  /**
   * Creates a manager that is not started. All managers of one test must belong to the same
   * cluster.
   */
  protected abstract ClientManager createManager();

  /** Starts a host, which is closed after the test. */
  protected final TestHost host() {
    TestHost host = new TestHost(createManager());
    hosts.add(host);
    return host.start();
  }

  @AfterEach
  void closeHosts() {
    hosts.forEach(TestHost::close);
  }

  @IndependentTest
  void anEmitIsRefusedBeforeAnySideEffectWhileTheEventLoopsAreBehind() {
    TestHost host = host();
    FakeSocket socket = host.connect("a");

    host.sockets().backlog((64L << 20) + 1);
    assertThatThrownBy(() -> await(host.perform(new Operation.Emit(Recipients.ALL, json("[1]")))))
        .hasMessageContaining("event loops: behind");
    assertThatThrownBy(
            () ->
                await(
                    host.ask(
                        new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, json("[1]"))),
                        LONG)))
        .hasMessageContaining("delivered to nobody");
    host.sockets().backlog(0);
    await(host.perform(new Operation.Emit(Recipients.ALL, json("[2]"))));

    assertThat(socket.received()).containsExactly("[2]");
  }

  @IndependentTest
  void socketsOfASelectionAreFetchedAndCounted() {
    TestHost host = host();
    host.connect("a", "r").data(json("[{\"n\":1}]"));
    host.connect("b", "r", "quiet");
    host.connect("c");
    Recipients selection = Recipients.room("r").except(List.of("quiet"));

    List<RemoteSocket<EventPayload>> found =
        await(host.ask(new Question.FetchSockets(selection, EnumSet.allOf(Projection.class)), LONG))
            .answers()
            .get(host.manager().hostId());

    assertThat(found).singleElement().matches(socket -> socket.rooms().equals(Set.of("a", "r")));
    assertThat(found)
        .extracting(socket -> socket.map(Payloads::text).data())
        .containsExactly("[{\"n\":1}]");
    assertThat(await(host.ask(new Question.Count(selection), LONG)).answers())
        .containsOnly(Map.entry(host.manager().hostId(), 1));
  }

  @IndependentTest
  void P4_nobodyIsFetchedAndCountedForAnEmptyListOfRooms() {
    TestHost host = host();
    host.connect("a");
    Recipients nobody = Recipients.rooms(List.of());

    assertThat(await(host.ask(new Question.Count(nobody), LONG)).answers())
        .containsOnly(Map.entry(host.manager().hostId(), 0));
  }

  @IndependentTest
  void aSocketOfThisHostIsFound() {
    TestHost host = host();
    host.connect("a", "r");

    assertThat(await(host.ask(new Question.Find(new SocketId("a")), LONG)))
        .contains(host.manager().hostId());
    assertThat(await(host.ask(new Question.Find(new SocketId("r")), SHORT))).isEmpty();
  }

  @IndependentTest
  void whereThereIsNoOtherHostAServerEventIsAnsweredByNobodyAtOnce() {
    TestHost host = host();

    assertThat(
            await(
                host.ask(
                    new Question.ServerEventWithReply(
                        new Operation.ServerEvent(host.manager().hostId(), json("[1]"))),
                    LONG)))
        .isEqualTo(new HostResponses<>(Map.of(), Map.of()));
  }

  @IndependentTest
  void P1_anEmitReachesTheUnionOfTheRoomsOnce() {
    TestHost host = host();
    FakeSocket both = host.connect("both", "a", "b");
    FakeSocket one = host.connect("one", "b");
    FakeSocket none = host.connect("none", "c");

    await(host.perform(new Operation.Emit(Recipients.rooms(List.of("a", "b")), json("[1]"))));

    assertThat(both.received()).containsExactly("[1]");
    assertThat(one.received()).containsExactly("[1]");
    assertThat(none.received()).isEmpty();
  }

  @IndependentTest
  void P1_exceptedRoomsAndSocketsGetNothing() {
    TestHost host = host();
    FakeSocket in = host.connect("in", "a");
    FakeSocket muted = host.connect("muted", "a", "quiet");
    FakeSocket sender = host.connect("sender", "a");

    Recipients recipients = Recipients.room("a").except(List.of("quiet", "sender"));
    await(host.perform(new Operation.Emit(recipients, json("[1]"))));

    assertThat(in.received()).containsExactly("[1]");
    assertThat(muted.received()).isEmpty();
    assertThat(sender.received()).isEmpty();
  }

  @IndependentTest
  void P4_anEmptyListOfRoomsAddressesNobody() {
    TestHost host = host();
    FakeSocket socket = host.connect("s");

    await(host.perform(new Operation.Emit(Recipients.rooms(List.of()), json("[1]"))));

    assertThat(socket.received()).isEmpty();
  }

  @IndependentTest
  void P4_noRoomAtAllAddressesTheNamespaceAndNoOther() {
    TestHost host = host();
    FakeSocket here = host.connect("here");
    FakeSocket elsewhere = new FakeSocket("elsewhere");
    host.sockets().open("/other").connect(elsewhere, List.of());

    await(host.perform(new Operation.Emit(Recipients.ALL, json("[1]"))));

    assertThat(here.received()).containsExactly("[1]");
    assertThat(elsewhere.received()).isEmpty();
  }

  @IndependentTest
  void aSocketIsInTheRoomOfItsIdAndCannotLeaveIt() {
    TestHost host = host();
    FakeSocket socket = host.connect("s");

    await(host.perform(new Operation.Leave(Recipients.room("s"), Set.of("s"))));
    await(host.perform(new Operation.CloseRoom("s")));
    await(host.perform(new Operation.Emit(Recipients.socket(socket.id()), json("[1]"))));

    assertThat(socket.received()).containsExactly("[1]");
  }

  @IndependentTest
  void aRoomNamedAfterASocketHasItsOtherMembersToo() {
    TestHost host = host();
    FakeSocket owner = host.connect("owner");
    FakeSocket guest = host.connect("guest", "owner");

    await(host.perform(new Operation.Emit(Recipients.room("owner"), json("[1]"))));

    assertThat(owner.received()).containsExactly("[1]");
    assertThat(guest.received()).containsExactly("[1]");
  }

  @IndependentTest
  void aClosedRoomIsEmptyForEveryone() {
    TestHost host = host();
    FakeSocket socket = host.connect("s", "a", "b");

    await(host.perform(new Operation.CloseRoom("a")));

    assertThat(host.rooms().rooms(socket.id())).containsExactlyInAnyOrder("s", "b");
    assertThat(host.rooms().resolve(Recipients.room("a"))).isEmpty();
  }

  @IndependentTest
  void aDisconnectedSocketIsInNoRoomAndGetsNothing() {
    TestHost host = host();
    FakeSocket socket = host.connect("s", "a");

    host.rooms().disconnect(socket.id());
    await(host.perform(new Operation.Emit(Recipients.ALL, json("[1]"))));

    assertThat(socket.received()).isEmpty();
    assertThat(await(host.ask(new Question.Find(socket.id()), SHORT))).isEmpty();
  }

  @IndependentTest
  void aNamespaceOrRoomThatIsNotHereIsNobody() {
    TestHost host = host();
    FakeSocket socket = host.connect("s");

    await(
        host.manager()
            .perform("/none", new Operation.Emit(Recipients.ALL, json("[1]")), Scope.CLUSTER));
    await(host.perform(new Operation.Emit(Recipients.room("none"), json("[1]"))));
    await(
        host.manager()
            .perform("/none", new Operation.Join(Recipients.ALL, Set.of("a")), Scope.CLUSTER));
    await(host.manager().perform("/none", new Operation.CloseRoom("a"), Scope.CLUSTER));
    await(
        host.manager()
            .perform("/none", new Operation.Disconnect(Recipients.ALL, true), Scope.CLUSTER));

    assertThat(socket.received()).isEmpty();
    assertThat(host.rooms().rooms(socket.id())).containsExactly("s");
    assertThat(
            await(
                host.manager().ask("/none", new Question.Find(socket.id()), Scope.CLUSTER, SHORT)))
        .isEmpty();
    assertThat(
            await(
                    host.manager()
                        .ask("/none", new Question.Count(Recipients.ALL), Scope.CLUSTER, LONG))
                .answers())
        .containsOnly(Map.entry(host.manager().hostId(), 0));
  }

  @IndependentTest
  void socketsOfASelectionJoinLeaveAndDisconnect() {
    TestHost host = host();
    FakeSocket in = host.connect("in", "a");
    FakeSocket out = host.connect("out");

    await(host.perform(new Operation.Join(Recipients.room("a"), Set.of("b"))));
    await(host.perform(new Operation.Emit(Recipients.room("b"), json("[1]"))));
    await(host.perform(new Operation.Leave(Recipients.room("a"), Set.of("b"))));
    await(host.perform(new Operation.Emit(Recipients.room("b"), json("[2]"))));
    await(host.perform(new Operation.Disconnect(Recipients.room("a"), true)));

    assertThat(in.received()).containsExactly("[1]", "closed");
    assertThat(out.received()).isEmpty();
  }

  @IndependentTest
  void acksOfManyClientsComeBySocketId() {
    TestHost host = host();
    host.connect("s1", "a").answer(event -> json("[\"one\",1]"));
    host.connect("s2", "a").answer(event -> json("[]"));

    AckResponses<EventPayload> responses =
        await(
            host.ask(
                new Question.EmitWithAck(new Operation.Emit(Recipients.room("a"), json("[1]"))),
                LONG));

    assertThat(responses.map(p -> text(p)).answers())
        .isEqualTo(Map.of(new SocketId("s1"), "[\"one\",1]", new SocketId("s2"), "[]"));
    assertThat(responses.complete()).isTrue();
  }

  @IndependentTest
  void whoIsInSeveralOfTheRoomsIsAskedOnce() {
    TestHost host = host();
    FakeSocket both = host.connect("both", "a", "b");
    both.answer(event -> json("[1]"));
    host.connect("one", "b").answer(event -> json("[2]"));

    AckResponses<EventPayload> responses =
        await(
            host.ask(
                new Question.EmitWithAck(
                    new Operation.Emit(Recipients.rooms(List.of("a", "b")), json("[0]"))),
                LONG));

    assertThat(responses.answers()).containsOnlyKeys(new SocketId("both"), new SocketId("one"));
    assertThat(both.received()).containsExactly("[0]");
  }

  @IndependentTest
  void aNamespaceThatWasEmptyTakesTheNextSocket() {
    TestHost host = host();
    FakeSocket first = host.connect("s", "a");
    host.rooms().disconnect(first.id());
    FakeSocket second = host.connect("s", "b");

    await(host.perform(new Operation.Emit(Recipients.rooms(List.of("a", "b")), json("[1]"))));

    assertThat(first.received()).isEmpty();
    assertThat(second.received()).containsExactly("[1]");
    assertThat(host.rooms().rooms(second.id())).containsExactlyInAnyOrder("s", "b");
  }

  @IndependentTest
  void P10_acksThatDoNotComeLeaveAPartialResult() {
    TestHost host = host();
    host.connect("s1", "a").answer(event -> json("[1]"));
    host.connect("silent", "a");

    AckResponses<EventPayload> responses =
        await(
            host.ask(
                new Question.EmitWithAck(new Operation.Emit(Recipients.room("a"), json("[1]"))),
                SHORT));

    assertThat(responses.answers()).containsOnlyKeys(new SocketId("s1"));
    assertThat(responses.missing())
        .isEqualTo(Map.of(host.manager().hostId(), new MissingHost(Reason.INCOMPLETE, 1, 2)));
  }

  @IndependentTest
  void askingNobodyIsCompleteAtOnce() {
    TestHost host = host();

    AckResponses<EventPayload> responses =
        await(
            host.ask(
                new Question.EmitWithAck(new Operation.Emit(Recipients.room("none"), json("[1]"))),
                LONG));

    assertThat(responses.answers()).isEmpty();
    assertThat(responses.complete()).isTrue();
  }

  @IndependentTest
  void P11_aClosedManagerRefusesByNameAndClosesAgainWithoutEffect() {
    TestHost host = host();

    host.manager().close();
    host.manager().close();

    assertThatThrownBy(() -> await(host.perform(new Operation.Emit(Recipients.ALL, json("[1]")))))
        .hasCauseInstanceOf(ManagerException.class)
        .hasMessageContaining("closed");
  }
}
