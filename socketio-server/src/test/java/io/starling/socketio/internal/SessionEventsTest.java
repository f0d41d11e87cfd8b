package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SessionEventsTest {
  private final ServerFixture server = new ServerFixture();

  @Test
  void aConnectionIsToldFromItsOpeningToItsEnd() {
    server.open().goesAway();
    server.run();

    assertThat(server.listener.sessions)
        .containsExactly("opened websocket", "closed transport close");
    assertThat(server.listener.heard).isEmpty();
  }

  @Test
  void aVolatileMessageThatIsDroppedIsTold() {
    FakeClient slow = server.connect();
    slow.writable = false;
    server.root().broadcast().asVolatile().emit("tick");
    server.run();

    assertThat(slow.took()).isEmpty();
    assertThat(server.listener.sessions).containsExactly("opened websocket", "dropped");
  }
}
