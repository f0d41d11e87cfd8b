package io.starling.socketio.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.manager.LocalSocket;
import io.starling.manager.Recipients;
import io.starling.socketio.DisconnectReason;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A socket's way into its namespace and out of it, while other threads use the socket. */
public final class SocketLifeStress {
  private static final String NAMESPACE = "/membership";
  private static final List<String> ROOM = List.of("room");

  private SocketLifeStress() {}

  /** Results: it came in, its end says so, it is still known. */
  @JCStressTest
  @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "came and left")
  @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "left before it came")
  @State
  public static class EndsWhileItBegins {
    private final DefaultSocket socket = Fixture.socket(NAMESPACE);
    private final SocketLife life = socket.life();
    private boolean begun;
    private boolean wasConnected;

    /** The connect handlers let it in. */
    @Actor
    public void begin() {
      begun = life.begin();
    }

    /** The connection is gone. */
    @Actor
    public void end() {
      wasConnected = life.end(DisconnectReason.TRANSPORT_CLOSE);
    }

    /** Looks into the namespace. */
    @Arbiter
    public void look(ZZZ_Result result) {
      result.r1 = begun;
      result.r2 = wasConnected;
      result.r3 = socket.namespace().rooms().socket(socket.id()) != null;
    }
  }

  /** Results: the socket says that it is in the room, and is found there. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "joined before or after it came in")
  @State
  public static class JoinsWhileItBegins {
    private final DefaultSocket socket = Fixture.socket(NAMESPACE);
    private final SocketLife life = socket.life();

    /** The connect handlers let it in. */
    @Actor
    public void begin() {
      life.begin();
    }

    /** The application lets it join. */
    @Actor
    public void join() {
      life.join(ROOM);
    }

    /** Looks into the namespace, and cleans up. */
    @Arbiter
    public void look(ZZ_Result result) {
      result.r1 = life.rooms().contains("room");
      for (LocalSocket member : socket.namespace().rooms().resolve(Recipients.room("room"))) {
        result.r2 |= member == socket;
      }
      life.end(DisconnectReason.TRANSPORT_CLOSE);
    }
  }

  /** Results: how often each of two emits to the socket went out. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each once")
  @State
  public static class SentToWhileItBegins {
    private final DefaultSocket socket = Fixture.socket(NAMESPACE);
    private final SocketLife life = socket.life();
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();

    /** The connect handlers let it in. */
    @Actor
    public void begin() {
      life.begin();
    }

    /** One thread emits. */
    @Actor
    public void emit() {
      life.whenConnected(first::incrementAndGet);
      life.whenConnected(second::incrementAndGet);
    }

    /** Counts, and cleans up. */
    @Arbiter
    public void count(II_Result result) {
      result.r1 = first.get();
      result.r2 = second.get();
      life.end(DisconnectReason.TRANSPORT_CLOSE);
    }
  }
}
