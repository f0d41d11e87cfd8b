package io.starling.manager;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What several threads do to the rooms of one namespace at the same time. */
public final class RoomsStress {
  private static final List<String> ROOM = List.of("room");

  private RoomsStress() {}

  private record Member(SocketId id) implements LocalSocket {
    Member(String id) {
      this(new SocketId(id));
    }
  }

  private static boolean isIn(Rooms rooms, Member socket) {
    for (LocalSocket member : rooms.resolve(Recipients.room("room"))) {
      if (member == socket) {
        return true;
      }
    }
    return false;
  }

  /** A socket comes into a room that the last one leaves. Results: it is there, the other not. */
  @JCStressTest
  @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "each is where it belongs")
  @State
  public static class ComesWhileTheLastLeaves {
    private final Rooms rooms = new Rooms();
    private final Member comes = new Member("comes");
    private final Member leaves = new Member("leaves");

    /** With one socket in the room. */
    public ComesWhileTheLastLeaves() {
      rooms.connect(leaves, ROOM);
    }

    /** One comes. */
    @Actor
    public void come() {
      rooms.connect(comes, ROOM);
    }

    /** The other leaves. */
    @Actor
    public void leave() {
      rooms.disconnect(leaves.id());
    }

    /** Looks at the room. */
    @Arbiter
    public void look(ZZ_Result result) {
      result.r1 = isIn(rooms, comes);
      result.r2 = isIn(rooms, leaves);
    }
  }

  /** A socket joins a room while it leaves the namespace. */
  @JCStressTest
  @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "it is in no room")
  @State
  public static class JoinsWhileItLeaves {
    private final Rooms rooms = new Rooms();
    private final Member socket = new Member("socket");

    /** With the socket in no room. */
    public JoinsWhileItLeaves() {
      rooms.connect(socket, List.of());
    }

    /** It joins. */
    @Actor
    public void join() {
      rooms.join(socket.id(), ROOM);
    }

    /** It leaves the namespace. */
    @Actor
    public void leave() {
      rooms.disconnect(socket.id());
    }

    /** Looks at the room and at the socket. */
    @Arbiter
    public void look(ZZ_Result result) {
      result.r1 = isIn(rooms, socket);
      result.r2 = rooms.rooms(socket.id()).contains("room");
    }
  }

  /** A socket joins a room while that is closed: socket and room agree about the outcome. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "joined afterwards")
  @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "closed afterwards")
  @State
  public static class JoinsWhileTheRoomIsClosed {
    private final Rooms rooms = new Rooms();
    private final Member socket = new Member("socket");

    /** With another socket in the room. */
    public JoinsWhileTheRoomIsClosed() {
      rooms.connect(new Member("other"), ROOM);
      rooms.connect(socket, List.of());
    }

    /** It joins. */
    @Actor
    public void join() {
      rooms.join(socket.id(), ROOM);
    }

    /** The room is closed. */
    @Actor
    public void close() {
      rooms.closeRoom("room");
    }

    /** Looks at the room and at the socket. */
    @Arbiter
    public void look(ZZ_Result result) {
      result.r1 = isIn(rooms, socket);
      result.r2 = rooms.rooms(socket.id()).contains("room");
    }
  }
}
