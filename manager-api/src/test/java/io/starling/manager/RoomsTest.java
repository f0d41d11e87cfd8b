package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private static final int TIMES = 20_000;

  private final Rooms rooms = new Rooms();

  record FakeSocket(SocketId id) implements LocalSocket {}

  private FakeSocket connect(String id, String... joined) {
    FakeSocket socket = new FakeSocket(new SocketId(id));
    rooms.connect(socket, List.of(joined));
    return socket;
  }

  @Test
  void roomsOfASocketAreThoseItJoinedAndDidNotLeaveWithThatOfItsId() {
    FakeSocket socket = connect("s", "a");

    assertThat(rooms.join(socket.id(), List.of("b", "c"))).isTrue();
    assertThat(rooms.leave(socket.id(), List.of("a", "never"))).isTrue();

    assertThat(rooms.rooms(socket.id())).containsExactlyInAnyOrder("s", "b", "c");
  }

  @Test
  void roomOfItsOwnIdCannotBeLeft() {
    FakeSocket socket = connect("s");

    rooms.leave(socket.id(), List.of("s"));
    rooms.closeRoom("s");

    assertThat(rooms.rooms(socket.id())).containsExactly("s");
    assertThat(rooms.resolve(Recipients.room("s"))).containsExactly(socket);
  }

  @Test
  void socketThatHasLeftIsInNoRoomAndJoinsNone() {
    FakeSocket socket = connect("s", "a");

    rooms.disconnect(socket.id());
    rooms.disconnect(socket.id());

    assertThat(rooms.rooms(socket.id())).isEmpty();
    assertThat(rooms.socket(socket.id())).isNull();
    assertThat(rooms.join(socket.id(), List.of("b"))).isFalse();
    assertThat(rooms.leave(socket.id(), List.of("a"))).isFalse();
    assertThat(rooms.resolve(Recipients.rooms(Set.of("s", "a", "b")))).isEmpty();
    assertThat(rooms.size()).isZero();
  }

  @Test
  void secondSocketOfAnIdIsRefusedAndChangesNothing() {
    FakeSocket first = connect("s");

    assertThatThrownBy(() -> connect("s", "a")).isInstanceOf(IllegalArgumentException.class);

    assertThat(rooms.socket(first.id())).isSameAs(first);
    assertThat(rooms.rooms(first.id())).containsExactly("s");
  }

  @Test
  void closedRoomIsEmpty() {
    FakeSocket socket = connect("s", "a", "b");

    rooms.closeRoom("a");

    assertThat(rooms.rooms(socket.id())).containsExactlyInAnyOrder("s", "b");
    assertThat(rooms.resolve(Recipients.room("a"))).isEmpty();
  }

  @Test
  void socketThatComesWhileTheLastOneLeavesIsInItsRooms() {
    List<Integer> lost =
        IntStream.range(0, 2)
            .mapToObj(thread -> CompletableFuture.supplyAsync(() -> comeAndGo("s" + thread)))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(lost).containsExactly(0, 0);
    assertThat(rooms.size()).isZero();
  }

  /** How often the socket was not among those of its room after it had come. */
  private int comeAndGo(String name) {
    FakeSocket socket = new FakeSocket(new SocketId(name));
    int lost = 0;
    for (int i = 0; i < TIMES; i++) {
      rooms.connect(socket, List.of("room"));
      boolean found = false;
      for (LocalSocket member : rooms.resolve(Recipients.room("room"))) {
        found |= member == socket;
      }
      lost += found ? 0 : 1;
      rooms.disconnect(socket.id());
    }
    return lost;
  }
}
