package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is accepted takes effect here and elsewhere, and what is refused nowhere. */
class ClusterClientManagerTest {
  private static final long TOO_MUCH = 65L << 20;

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final ClusterClientManager host = manager();
  private final ClusterClientManager other = manager();
  private final FakeSockets here = new FakeSockets();
  private final FakeSockets there = new FakeSockets();

  private ClusterClientManager manager() {
    return new ClusterClientManager(wire.end(), PubSubSettings.DEFAULTS, thread);
  }

  @BeforeEach
  void start() {
    host.start(here, ManagerListener.NONE, Runnable::run);
    other.start(there, ManagerListener.NONE, Runnable::run);
    thread.advance(Duration.ofSeconds(2));
    here.rooms.connect(() -> new SocketId("client"), Set.of());
    here.backlog.clear();
  }

  @Test
  void anAcceptedEmitReachesTheClientsHereAlthoughTheLoopsFellBehindMeanwhile() {
    here.backlog.add(0L);
    here.backlog.add(TOO_MUCH);

    CompletionStage<Accepted> accepted =
        host.perform("/", new Operation.Emit(Recipients.ALL, payload("[\"a\"]")), Scope.CLUSTER);
    thread.run();

    assertThat(accepted).isCompleted();
    assertThat(here.received).containsExactly("[\"a\"]");
    assertThat(there.received).containsExactly("[\"a\"]");
  }

  @Test
  void anAcceptedEmitWithAcksReachesTheClientsHereAlthoughTheLoopsFellBehindMeanwhile() {
    here.backlog.add(0L);
    here.backlog.add(TOO_MUCH);

    CompletionStage<AckResponses<EventPayload>> asked =
        host.ask(
            "/",
            new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, payload("[\"a\"]"))),
            Scope.CLUSTER,
            Duration.ofSeconds(1));
    thread.run();

    assertThat(asked.toCompletableFuture()).isNotCompletedExceptionally();
    assertThat(here.askedFor).containsExactly("[\"a\"]");
    assertThat(there.askedFor).containsExactly("[\"a\"]");
  }

  @Test
  void anEmitWhileTheLoopsAreBehindReachesNobody() {
    here.backlog.add(TOO_MUCH);

    CompletionStage<Accepted> refused =
        host.perform("/", new Operation.Emit(Recipients.ALL, payload("[\"a\"]")), Scope.CLUSTER);
    thread.run();

    assertThat(refused)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(Exception.class)
        .withCauseInstanceOf(BackendUnavailableException.class);
    assertThat(here.received).isEmpty();
    assertThat(there.received).isEmpty();
  }
}
