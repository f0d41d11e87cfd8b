package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.socketio.Session;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final ServerFixture server = new ServerFixture();
  private final Session session = new Session();

  record User(String name) {}

  @Test
  void aValueIsThereUntilItIsForgotten() {
    session.put("user", new User("ann"));
    assertThat(session.get("user", User.class)).isEqualTo(new User("ann"));
    session.put("user", null);
    assertThat(session.get("user", User.class)).isNull();
    assertThat(session.values()).isEmpty();
  }

  @Test
  void aValueOfAnotherTypeIsNamed() {
    session.put("user", "ann");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.get("user", User.class))
        .withMessage("session user: java.lang.String (expected: " + User.class + ")");
  }

  @Test
  void changesOfManyThreadsAllCount() {
    IntStream.range(0, 4)
        .mapToObj(
            thread ->
                CompletableFuture.runAsync(
                    () -> {
                      for (int i = 0; i < 1_000; i++) {
                        session.update("count", Integer.class, 0, n -> n + 1);
                      }
                    }))
        .toList()
        .forEach(CompletableFuture::join);

    assertThat(session.get("count", Integer.class)).isEqualTo(4_000);
  }

  @Test
  void aChangeThatAnotherOvertakesIsMadeAgain() {
    AtomicBoolean overtaken = new AtomicBoolean();
    int result =
        session.update(
            "count",
            Integer.class,
            0,
            n -> {
              if (overtaken.compareAndSet(false, true)) {
                session.put("count", 10);
              }
              return n + 1;
            });

    assertThat(result).isEqualTo(11);
    assertThat(session.get("count", Integer.class)).isEqualTo(11);
  }

  @Test
  void aSocketKeepsItsSession() {
    server.connect();
    onlySocket().session().put("user", new User("ann"));

    assertThat(onlySocket().session().values()).containsEntry("user", new User("ann"));
  }

  @Test
  void sessionsOfOneConnectionAreApart() {
    server.namespaces.declare("/custom");
    server.connect().sends("0/custom,");
    server.run();
    onlySocket().session().put("user", new User("ann"));

    assertThat(server.namespaces.declare("/custom").sockets())
        .allMatch(socket -> socket.session().values().isEmpty())
        .hasSize(1);
  }

  @Test
  void theNextSocketOfAConnectionBeginsWithAnEmptySession() {
    FakeClient client = server.connect();
    Socket before = onlySocket();
    before.session().put("user", new User("ann"));
    client.sends("1");
    client.sends("0");
    server.run();

    assertThat(onlySocket().id()).isNotEqualTo(before.id());
    assertThat(onlySocket().session().values()).isEmpty();
  }

  @Test
  void disconnectHandlersStillSeeTheSession() {
    List<Object> seen = new ArrayList<>();
    server.root().onConnect(socket -> socket.session().put("user", new User("ann")));
    server.root().onDisconnect((socket, reason) -> seen.add(socket.session().values()));
    server.connect().goesAway();
    server.run();

    assertThat(seen).hasToString("[{user=User[name=ann]}]");
  }

  private Socket onlySocket() {
    return server.root().sockets().iterator().next();
  }
}
