package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.ConnectRefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The user's mapper decides how objects turn into JSON and back, wherever they do. */
class UserMapperTest {
  private final ServerFixture server =
      new ServerFixture(
          config ->
              config.mapper(
                  JsonMapper.builder()
                      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                      .build()));
  private final List<Object> log = new ArrayList<>();

  record User(String firstName) {}

  @Test
  void itWritesEventsAndAcks() {
    server.root().on("me", (socket, arguments, ack) -> ack.send(new User("ann")));
    FakeClient client = server.connect();
    server.root().emit("all", new User("bob"));
    server.root().sockets().forEach(socket -> socket.emit("one", new User("cy")));
    client.sends("27[\"me\"]");
    server.run();

    assertThat(client.took())
        .containsExactly(
            "2[\"all\",{\"first_name\":\"bob\"}]",
            "2[\"one\",{\"first_name\":\"cy\"}]",
            "37[{\"first_name\":\"ann\"}]");
  }

  @Test
  void itReadsEventsAndAcks() {
    server.root().on("me", User.class, (socket, user, ack) -> log.add(user));
    FakeClient client = server.connect();
    server
        .root()
        .broadcast()
        .emitWithAck("ask")
        .thenAccept(
            all -> all.answers().values().forEach(answer -> log.add(answer.get(0, User.class))));
    client.sends("2[\"me\",{\"first_name\":\"ann\"}]");
    client.sends("30[{\"first_name\":\"bob\"}]");
    server.run();

    assertThat(log).containsExactlyInAnyOrder(new User("ann"), new User("bob"));
  }

  @Test
  void itWritesTheDataOfARefusal() {
    server
        .root()
        .onConnect(
            socket -> {
              throw new ConnectRefusedException("no", new User("ann"));
            });
    FakeClient client = server.open();
    client.sends("0");
    server.run();

    assertThat(client.took())
        .containsExactly("4{\"message\":\"no\",\"data\":{\"first_name\":\"ann\"}}");
  }
}
