package io.starling.socketio.internal;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonValue;
import io.starling.manager.Projection;
import io.starling.socketio.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class SharedDataTest {
  private final ServerFixture server = new ServerFixture();

  private Socket connect() {
    server.connect();
    return server.root().sockets().iterator().next();
  }

  /** What other hosts see of the only socket, or null. */
  private List<String> shared(Set<Projection> projection) {
    return server
        .root()
        .broadcast()
        .fetchSockets(projection)
        .toCompletableFuture()
        .join()
        .answers()
        .values()
        .stream()
        .flatMap(List::stream)
        .map(socket -> String.valueOf(socket.map(data -> data.node(0).toString()).data()))
        .toList();
  }

  private List<String> shared() {
    return shared(Set.of(Projection.DATA));
  }

  @Test
  void whatASocketSharesIsFetchedWhenItIsAskedFor() {
    connect().data("name", "Ann");

    assertThat(shared()).containsExactly("{\"name\":\"Ann\"}");
    assertThat(shared(Set.of(Projection.ROOMS))).containsExactly("null");
  }

  @Test
  void nothingElseOfASocketIsShared() {
    Socket socket = connect();
    socket.session().put("secret", "word");

    assertThat(shared()).containsExactly("null");
  }

  @Test
  void aKeyThatIsSetAgainIsReplacedAndNullForgetsIt() {
    Socket socket = connect();
    socket.data("name", "Ann");
    socket.data("name", "Bob");
    socket.data("age", 7);
    assertThat(shared()).containsExactly("{\"name\":\"Bob\",\"age\":7}");

    socket.data("age", null);

    assertThat(shared()).containsExactly("{\"name\":\"Bob\"}");
  }

  @Test
  void aValueThatCannotBeRepresentedChangesNothing() {
    Socket socket = connect();
    socket.data("name", "Ann");

    assertThatThrownBy(() -> socket.data("self", new Object()))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(socket.data()).isEqualTo(Map.of("name", "Ann"));
    assertThat(shared()).containsExactly("{\"name\":\"Ann\"}");
  }

  @Test
  void whatIsReadCannotBeChanged() {
    Socket socket = connect();
    socket.data("name", "Ann");

    assertThatThrownBy(() -> socket.data().put("name", "Bob"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aValueThatTakesItsTimeToBecomeTextKeepsNobodyFromSharing() {
    Socket socket = connect();
    AtomicBoolean first = new AtomicBoolean(true);
    socket.data(
        "slow",
        new Object() {
          @JsonValue
          int value() {
            if (first.getAndSet(false)) {
              runAsync(() -> socket.data("fast", 1)).orTimeout(5, TimeUnit.SECONDS).join();
            }
            return 2;
          }
        });

    assertThat(shared()).containsExactly("{\"fast\":1,\"slow\":2}");
  }
}
