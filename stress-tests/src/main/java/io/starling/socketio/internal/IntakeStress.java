package io.starling.socketio.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.protocol.payload.EventPayload;
import io.starling.socketio.SocketIoServerConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** Clients that are not read from for a while, and the threads that let reading go on. */
public final class IntakeStress {
  /** Above a chunk of {@link PendingBytes}. */
  private static final int PART_BYTES = 5000;

  private static final EventPayload EVENT =
      new EventPayload(ByteBuffer.wrap(new byte[PART_BYTES]), List.of());

  private IntakeStress() {}

  /** Makes servers with three clients; one that is as it was when it was made is used again. */
  private static final class Servers {
    private final SocketIoServerConfig config;
    private final Queue<Server> free = new ConcurrentLinkedQueue<>();

    Servers(long maxBytes, long maxBytesTotal) {
      config =
          SocketIoServerConfig.builder()
              .maxPendingBytes(maxBytes)
              .maxPendingBytesTotal(maxBytesTotal)
              .build();
    }

    Server take() {
      Server used = free.poll();
      return used == null ? new Server(config) : used;
    }

    /** What still counts for all connections, when a test is over. */
    long giveBack(Server server) {
      long bytes = server.namespaces.endpoint().pendingBytes().sum();
      if (bytes == 0 && server.crowd.reads() && server.first.reads() && server.second.reads()) {
        free.add(server);
      }
      return bytes;
    }
  }

  private static final class Server {
    final Namespaces namespaces;
    final Client crowd;
    final Client first;
    final Client second;

    Server(SocketIoServerConfig config) {
      namespaces = Fixture.namespaces(config);
      crowd = new Client(namespaces);
      first = new Client(namespaces);
      second = new Client(namespaces);
    }
  }

  /** A connection whose loop runs when a test says so. */
  private static final class Client {
    final Connection connection;
    final Intake intake;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private Runnable scheduled = () -> {};
    private boolean reading = true;

    Client(Namespaces namespaces) {
      connection =
          Fixture.connection(
              namespaces,
              new Fixture.InlineLoop() {
                @Override
                public boolean tryExecute(Runnable task) {
                  return tasks.add(task);
                }

                @Override
                public Cancellable schedule(Duration delay, Runnable task) {
                  scheduled = task;
                  return () -> {};
                }
              },
              new Fixture.NoTransport() {
                @Override
                public void read(boolean on) {
                  reading = on;
                }
              });
      intake = connection.intake();
    }

    /** Its socket in the root namespace, which it joins if it has not. */
    DefaultSocket socket(Namespaces namespaces) {
      if (namespaces.declare("/").sockets().isEmpty()) {
        connection.message(StandardCharsets.UTF_8.encode("0"), false);
        runLoop();
      }
      return (DefaultSocket) namespaces.declare("/").sockets().iterator().next();
    }

    void runLoop() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    boolean reads() {
      runLoop();
      return reading;
    }
  }

  /** Results: the client is read from, and what still counts for all connections. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "reading goes on")
  @State
  public static class LastEventsAreTakenWhileReadingStops {
    private static final Servers SERVERS = new Servers(1, Long.MAX_VALUE);

    private final Server server = SERVERS.take();
    private final Client client = server.first;

    /** With two events that wait. */
    public LastEventsAreTakenWhileReadingStops() {
      client.intake.arrived(EVENT);
      client.intake.arrived(EVENT);
    }

    /** The loop. */
    @Actor
    public void stop() {
      client.intake.stopIfFull(2);
      client.runLoop();
    }

    /** A handler. */
    @Actor
    public void take() {
      client.intake.taken(EVENT, 1);
      client.intake.taken(EVENT, 0);
    }

    /** Looks. */
    @Arbiter
    public void look(ZJ_Result result) {
      result.r1 = client.reads();
      result.r2 = SERVERS.giveBack(server);
    }
  }

  /** Results as above. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "reading goes on for the ack")
  @State
  public static class AckIsAskedForWhileReadingStops {
    private static final Servers SERVERS = new Servers(PART_BYTES, Long.MAX_VALUE);

    private final Server server = SERVERS.take();
    private final Client client = server.first;
    private final DefaultSocket socket = client.socket(server.namespaces);
    private final AckRequest request = new AckRequest(7, List.of(socket), (id, answer) -> {});

    /** With an event that waits. */
    public AckIsAskedForWhileReadingStops() {
      client.intake.arrived(EVENT);
    }

    /** The loop. */
    @Actor
    public void stop() {
      client.intake.stopIfFull(1);
      client.runLoop();
    }

    /** A handler asks the client. */
    @Actor
    public void ask() {
      socket.acks().expect(7, request);
    }

    /** Looks. */
    @Arbiter
    public void look(ZJ_Result result) {
      result.r1 = client.reads();
      socket.acks().complete(7, EVENT);
      client.intake.taken(EVENT, 0);
      result.r2 = SERVERS.giveBack(server);
    }
  }

  /** Results: the client that is left is read from, and what counts once it has left, too. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "its turn came")
  @State
  public static class TurnEndsWhileAnotherAsksForIt {
    private static final Servers SERVERS = new Servers(Long.MAX_VALUE, 1);

    private final Server server = SERVERS.take();

    /** With one whose turn it is. */
    public TurnEndsWhileAnotherAsksForIt() {
      server.first.intake.partArrived(PART_BYTES);
    }

    /** The loop of the first: it leaves. */
    @Actor
    public void leave() {
      server.first.intake.end();
      server.first.runLoop();
    }

    /** The loop of the second. */
    @Actor
    public void ask() {
      server.second.intake.partArrived(PART_BYTES);
      server.second.runLoop();
    }

    /** Looks. */
    @Arbiter
    public void look(ZJ_Result result) {
      result.r1 = server.second.reads();
      server.second.intake.end();
      result.r2 = SERVERS.giveBack(server);
    }
  }

  /** Results: both clients are read from, and what counts once they have left. */
  @JCStressTest
  @Outcome(id = "true, true, 0", expect = ACCEPTABLE, desc = "both go on, since there is room")
  @State
  public static class RoomIsMadeWhileATurnIsAskedFor {
    private static final Servers SERVERS = new Servers(Long.MAX_VALUE, 3 * 4096);

    private final Server server = SERVERS.take();

    /** With an event that waits, and one whose turn it is. */
    public RoomIsMadeWhileATurnIsAskedFor() {
      server.crowd.intake.arrived(EVENT);
      server.crowd.intake.arrived(EVENT);
      server.first.intake.partArrived(PART_BYTES);
    }

    /** A handler. */
    @Actor
    public void take() {
      server.crowd.intake.taken(EVENT, 1);
      server.crowd.intake.taken(EVENT, 0);
    }

    /** The loop of the second. */
    @Actor
    public void ask() {
      server.second.intake.partArrived(PART_BYTES);
      server.second.runLoop();
    }

    /** Looks. */
    @Arbiter
    public void look(ZZJ_Result result) {
      result.r1 = server.first.reads();
      result.r2 = server.second.reads();
      server.first.intake.end();
      server.second.intake.end();
      result.r3 = SERVERS.giveBack(server);
    }
  }

  /** Results: the client that is left is read from, and what counts once it has left, too. */
  @JCStressTest
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "the turn comes back")
  @State
  public static class TurnIsPassedToOneThatLeaves {
    private static final Servers SERVERS = new Servers(Long.MAX_VALUE, 4 * 4096);

    private final Server server = SERVERS.take();

    /** With one whose turn it is, and one that waits. */
    public TurnIsPassedToOneThatLeaves() {
      for (int i = 0; i < 4; i++) {
        server.crowd.intake.arrived(EVENT);
      }
      server.first.intake.partArrived(PART_BYTES);
      server.second.intake.partArrived(PART_BYTES);
    }

    /** The loop of the first: its time is up. */
    @Actor
    public void pass() {
      server.first.scheduled.run();
      server.first.runLoop();
    }

    /** The loop of the second. */
    @Actor
    public void leave() {
      server.second.intake.end();
      server.second.runLoop();
    }

    /** Looks. */
    @Arbiter
    public void look(ZJ_Result result) {
      result.r1 = server.first.reads();
      server.first.intake.end();
      for (int i = 0; i < 4; i++) {
        server.crowd.intake.taken(EVENT, 3 - i);
      }
      result.r2 = SERVERS.giveBack(server);
    }
  }
}
