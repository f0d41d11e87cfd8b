package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.engineio.CloseReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How deep the arguments of one packet may be nested, in both directions. */
final class JsonDepthTest {
  private static final String CLOSED = "payload: Document nesting depth";

  @Test
  void anEventThatIsNestedTooDeepClosesTheConnectionWithTheReason() {
    ServerFixture server = new ServerFixture();
    FakeClient client = server.connect();
    client.sends(event(501));
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
    assertThat(server.listener.heard).anyMatch(line -> line.contains(CLOSED));
  }

  @Test
  void withAHigherLimitItReachesItsHandlerAndIsAnswered() {
    ServerFixture server = new ServerFixture(config -> config.maxJsonDepth(2000));
    server.root().answer("x", (socket, arguments) -> arguments);
    FakeClient client = server.connect();
    client.sends(event(2000).replaceFirst("2", "27"));
    server.run();

    assertThat(client.closed).isNull();
    assertThat(client.took())
        .containsExactly("37" + event(2000).substring(1).replace("\"x\",", ""));
  }

  @Test
  void anEmitThatIsNestedTooDeepIsRefused() {
    ServerFixture server = new ServerFixture();
    FakeClient client = server.connect();
    server.root().emit("x", nested(499));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.root().emit("x", nested(500)))
        .withMessageStartingWith("argument 0: Document nesting depth (501)");
    server.run();

    assertThat(client.took()).hasSize(1);
  }

  @Test
  void theLimitIsChecked() {
    for (int depth : new int[] {0, 2001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ServerFixture(config -> config.maxJsonDepth(depth)))
          .withMessage("maxJsonDepth: " + depth + " (expected: 1 to 2000)");
    }
  }

  /** The array of the event included. */
  private static String event(int depth) {
    return "2[\"x\"," + "[".repeat(depth - 1) + "]".repeat(depth);
  }

  private static List<Object> nested(int depth) {
    List<Object> outer = new ArrayList<>();
    for (int i = 1; i < depth; i++) {
      outer = new ArrayList<>(List.of(outer));
    }
    return outer;
  }
}
