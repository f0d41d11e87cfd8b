package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.starling.manager.SocketId;
import io.starling.socketio.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private final ServerFixture server = new ServerFixture();
  private final FakeClient client = server.connect();
  private final Socket socket = server.root().sockets().iterator().next();

  @Test
  void roomsOfASocketAreThoseItJoinedAndItsOwn() {
    socket.join("a", "b");
    socket.leave("b");

    assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id().value(), "a");
  }

  @Test
  void socketsOfARoomAreThoseOfThisProcess() {
    server.connect();
    socket.join("room");

    assertThat(server.root().sockets("room")).containsExactly(socket);
    assertThat(server.root().sockets(socket.id().value())).containsExactly(socket);
    assertThat(server.root().sockets("none")).isEmpty();
  }

  @Test
  void socketIsFoundByItsIdAsLongAsItIsThere() {
    assertThat(server.root().socket(socket.id())).containsSame(socket);
    client.goesAway();
    server.run();

    assertThat(server.root().socket(socket.id())).isEmpty();
    assertThat(server.root().sockets(socket.id().value())).isEmpty();
  }

  @Test
  void socketIsReachedFromOutsideItsHandlers() {
    server.root().to(socket.id().value()).socketsJoin("room");
    server.root().in("room").emit("x");
    server.root().local().to("room").emit("y");
    server.root().to(socket.id().value()).socketsLeave("room");
    server.root().to("room").emit("z");
    server.root().to(socket.id().value()).disconnectSockets(false);
    server.run();

    assertThat(client.took()).containsExactly("2[\"x\"]", "2[\"y\"]", "1");
  }

  @Test
  void socketThatIsNobodyIsNoReasonToFail() {
    server.root().to("nobody").socketsJoin("room");
    server.root().to("nobody").disconnectSockets(true);
    server.root().to("nobody").emit("x");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.root().sockets("room")).isEmpty();
    assertThat(server.root().socket(new SocketId("nobody"))).isEmpty();
  }

  @Test
  void emptyListOfRoomsAddressesNobody() {
    server.root().to(List.of()).emit("x");
    socket.to(List.of()).emit("x");
    server.run();

    assertThat(client.took()).isEmpty();
  }

  @Test
  void closedRoomIsEmptyAndItsMembersStay() {
    socket.join("room");
    server.root().closeRoom("room");

    assertThat(server.root().sockets("room")).isEmpty();
    assertThat(server.root().sockets()).containsExactly(socket);
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks may write
  void roomThatIsNoNameChangesNothing() {
    socket.join("room");
    assertThatNullPointerException().isThrownBy(() -> server.root().closeRoom(null));
    assertThatNullPointerException().isThrownBy(() -> server.root().to((String) null));
    assertThatIllegalArgumentException().isThrownBy(() -> socket.join("more", "\ud800"));

    assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id().value(), "room");
  }

  @Test
  void socketThatEmitsToItsRoomLeavesItselfOut() {
    FakeClient other = server.connect();
    server.root().sockets().forEach(each -> each.join("room"));
    socket.in("room").emit("x");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(other.took()).containsExactly("2[\"x\"]");
  }
}
