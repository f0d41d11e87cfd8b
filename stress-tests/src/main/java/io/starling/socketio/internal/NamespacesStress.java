package io.starling.socketio.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.starling.manager.LocalSocket;
import io.starling.manager.Rooms;
import io.starling.manager.SocketId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Namespaces that come with their first client and end with their last. */
public final class NamespacesStress {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final Namespaces NAMESPACES = Fixture.NAMESPACES;

  static {
    NAMESPACES.declare((name, handshake) -> true);
  }

  private NamespacesStress() {}

  private record Client(SocketId id) implements LocalSocket {
    Client(String id) {
      this(new SocketId(id));
    }
  }

  private static DefaultNamespace admit(String name) {
    try {
      DefaultNamespace admitted = NAMESPACES.admit(name, Fixture.HANDSHAKE);
      if (admitted == null) {
        throw new AssertionError(name);
      }
      return admitted;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What a manager would find. */
  private static boolean isKnown(String name, Client client) {
    Rooms rooms = new LocalSocketRegistry(Fixture.NAMESPACES).rooms(name);
    return rooms != null && rooms.socket(client.id()) == client;
  }

  /**
   * Two clients come and go, so that one often joins while the other is the last one and leaves.
   * Results: how often each was not known after it had joined, and whether the namespace has ended.
   */
  @JCStressTest
  @Outcome(id = "0, 0, true", expect = ACCEPTABLE, desc = "both are always in their rooms")
  @State
  public static class JoinsWhileTheLastLeaves {
    /** So many that making the namespace's name costs little. */
    private static final int TIMES = 100;

    private final String name = "/" + COUNT.incrementAndGet();
    private int firstLost;
    private int secondLost;

    private int comeAndGo(Client client) {
      int lost = 0;
      for (int i = 0; i < TIMES; i++) {
        DefaultNamespace namespace = admit(name);
        namespace.rooms().connect(client, List.of("room"));
        lost += isKnown(name, client) ? 0 : 1;
        namespace.rooms().disconnect(client.id());
        NAMESPACES.left(namespace);
      }
      return lost;
    }

    /** One client. */
    @Actor
    public void first() {
      firstLost = comeAndGo(new Client("first"));
    }

    /** The other. */
    @Actor
    public void second() {
      secondLost = comeAndGo(new Client("second"));
    }

    /** Counts. */
    @Arbiter
    public void count(IIZ_Result result) {
      result.r1 = firstLost;
      result.r2 = secondLost;
      result.r3 = NAMESPACES.find(name) == null;
    }
  }

  /** The last client leaves a namespace while the application declares it. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "what was declared is the namespace")
  @State
  public static class DeclaredWhileTheLastLeaves {
    private static final AtomicLong DECLARED = new AtomicLong();

    /** Few names, since declared namespaces stay. */
    private final String name = "/declared-" + DECLARED.getAndIncrement() % 10_000;

    private final DefaultNamespace before = admit(name);
    private volatile DefaultNamespace declared = before;

    /** It leaves. */
    @Actor
    public void leave() {
      NAMESPACES.left(before);
    }

    /** The application declares the namespace. */
    @Actor
    public void declare() {
      declared = NAMESPACES.declare(name);
    }

    /** Looks as a manager does. */
    @Arbiter
    public void look(Z_Result result) {
      result.r1 = NAMESPACES.find(name) == declared;
    }
  }
}
