package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A server that does not listen. */
final class SocketIoServerTest {
  @AutoClose
  private final SocketIoServer server =
      SocketIoServer.create(SocketIoServerConfig.builder().port(0).build());

  @Test
  void aNamespaceWithoutALeadingSlashIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.of("chat"))
        .withMessage("namespace: chat (expected: a leading slash and no comma)");
  }

  @Test
  void anEmitBeforeTheStartIsRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> server.emit("x"))
        .withMessage("manager: not started (expected: start() before use)");
  }

  @Test
  void aServerThatWasClosedDoesNotStartAgain() {
    server.start();
    server.close();

    assertThatIllegalStateException()
        .isThrownBy(server::start)
        .withMessage("server: CLOSED (expected: NEW)");
  }

  @Test
  void aNamespaceOfAPatternIsMadeByItsName() {
    server.of(Pattern.compile("/secret-\\d+")).use(socket -> {});

    assertThat(server.of("/secret-5").name()).isEqualTo("/secret-5");
    assertThat(server.namespaces()).extracting(Namespace::name).contains("/secret-5");
  }
}
