package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process sends under an id, ends, and another process goes on under the same id. */
class ContinuedOriginTest {
  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeSockets clients = new FakeSockets();
  private final List<String> losses = new ArrayList<>();
  private final ClusterClientManager host =
      new ClusterClientManager(wire.end(), PubSubSettings.DEFAULTS, thread);
  private FakeWire.End end = wire.end();

  @BeforeEach
  void startHost() {
    ManagerListener listener =
        new ManagerListener() {
          @Override
          public void gap(HostId origin, long from, long to) {
            losses.add(from + "-" + to);
          }
        };
    host.start(clients, listener, Runnable::run);
    clients.rooms.connect(() -> new SocketId("client"), Set.of());
    thread.advance(Duration.ofSeconds(2));
  }

  /** A process of the job, after this message number. */
  private PubSubPublisher process(long lastNumber) {
    end = wire.end();
    BusContext context =
        new BusContext(
            new HostId("job"),
            PubSubSettings.DEFAULTS,
            end,
            thread,
            ManagerListener.NONE,
            Runnable::run);
    PubSubPublisher publisher = new PubSubPublisher(context, 0, lastNumber);
    publisher.start();
    return publisher;
  }

  private void emit(PubSubPublisher from, long line) {
    CompletableFuture<Accepted> accepted = publish(from, "[" + line + "]");
    assertThat(accepted).isNotNull();
  }

  private CompletableFuture<Accepted> publish(PubSubPublisher from, String json) {
    return from.perform("/", new Operation.Emit(Recipients.ALL, payload(json)), Scope.CLUSTER)
        .toCompletableFuture();
  }

  /** Closing waits for the publisher's thread, which is this one. */
  private void await(Runnable closing) throws InterruptedException {
    Thread closer = new Thread(closing);
    closer.start();
    while (closer.isAlive()) {
      thread.advance(Duration.ofMillis(5));
      closer.join(1);
    }
  }

  private static List<String> lines(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(line -> "[" + line + "]").toList();
  }

  private List<String> received() {
    return clients.received.stream().map(text -> text.substring(text.indexOf('['))).toList();
  }

  @Test
  void whatIsRepeatedInOtherFramesArrivesOnceAndInOrder() {
    PubSubPublisher killed = process(0);
    for (long line = 1; line <= 7; line++) {
      emit(killed, line);
      thread.run();
    }
    PubSubPublisher next = process(3);
    LongStream.rangeClosed(4, 12).forEach(line -> emit(next, line));
    thread.run();

    assertThat(received()).containsExactlyElementsOf(lines(1, 12));
    assertThat(losses).isEmpty();
  }

  @Test
  void aHostThatBeganMeanwhileTakesTheFirstFrameThatItHears() {
    emit(process(0), 1);
    thread.run();
    FakeSockets late = new FakeSockets();
    ClusterClientManager lateHost =
        new ClusterClientManager(wire.end(), PubSubSettings.DEFAULTS, thread);
    lateHost.start(late, ManagerListener.NONE, Runnable::run);
    late.rooms.connect(() -> new SocketId("late"), Set.of());
    thread.advance(Duration.ofSeconds(2));

    emit(process(1), 2);
    thread.run();

    assertThat(late.received).singleElement().asString().endsWith("[2]");
    assertThat(lateHost.statistics().get(BusCount.MISSING)).isZero();
  }

  @Test
  void emitsKeepTheNumbersThatTheyHadAlsoBehindOneThatIsTooLarge() {
    PubSubPublisher next = process(41);
    CompletableFuture<Accepted> tooLarge = publish(next, "[\"" + "x".repeat(1 << 20) + "\"]");
    emit(next, 42);
    thread.run();

    assertThat(tooLarge)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(MessageTooLargeException.class);
    assertThat(end.sent())
        .singleElement()
        .isInstanceOfSatisfying(Perform.class, emit -> assertThat(emit.number()).isEqualTo(42));
  }

  @Test
  void aProcessThatAbandonsSaysNoGoodbyeAndOneThatClosesDoes() throws Exception {
    PubSubPublisher stopped = process(0);
    emit(stopped, 1);
    thread.run();
    await(stopped::abandon);
    assertThat(end.sent()).noneMatch(Bye.class::isInstance);

    PubSubPublisher last = process(1);
    thread.run();
    await(last::close);
    assertThat(end.sent()).containsExactly(new Bye(1));
  }

  @Test
  void whatWaitsWhenAProcessAbandonsIsSaidToBeUnsent() throws Exception {
    PubSubPublisher stopped = process(0);
    end.lose(PubSubBackend.Direction.PUBLISH);
    CompletableFuture<Accepted> waiting = publish(stopped, "[1]");

    await(stopped::abandon);

    assertThat(waiting)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            BackendUnavailableException.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT));
  }
}
