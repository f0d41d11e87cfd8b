package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.HandshakeRequest;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class HandshakeTest {
  @Test
  void cookiesAreFoundByName() {
    Handshake handshake = withCookies("a=1; b=\"two\";c=x=y;d=;  e = 5 ");

    assertThat(handshake.cookies())
        .containsExactly(
            Map.entry("a", "1"),
            Map.entry("b", "two"),
            Map.entry("c", "x=y"),
            Map.entry("d", ""),
            Map.entry("e", "5"));
    assertThat(handshake.cookie("c")).isEqualTo("x=y");
    assertThat(handshake.cookie("C")).isNull();
  }

  @Test
  void theFirstOfSeveralCookiesCountsAndWhatIsNoneIsLeftOut() {
    assertThat(withCookies("a=1; a=2; alone; =x", "a=3; b=4").cookies())
        .isEqualTo(Map.of("a", "1", "b", "4"));
  }

  @Test
  void aClientWithoutCookiesHasNone() {
    assertThat(handshake(Map.of()).cookies()).isEmpty();
  }

  @Test
  void nothingThatMayBeSecretIsShown() {
    assertThat(withCookies("session=s3cret").toString()).doesNotContain("s3cret");
  }

  private static Handshake withCookies(String... fields) {
    return handshake(Map.of("Cookie", List.of(fields)));
  }

  private static Handshake handshake(Map<String, List<String>> headers) {
    return new Handshake(
        new HandshakeRequest(
            "/socket.io/",
            Map.of(),
            headers,
            InetSocketAddress.createUnresolved("client", 1),
            false,
            List.of(),
            Instant.EPOCH),
        JsonNodeFactory.instance.objectNode());
  }
}
