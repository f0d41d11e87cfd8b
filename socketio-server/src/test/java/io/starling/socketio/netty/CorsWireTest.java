package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.CorsPolicy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsWireTest {
  private static final String SELF = "Host: chat.example";
  private static final String OWN = "Origin: http://chat.example";
  private static final String OTHER = "Origin: https://other.example";

  @Test
  void byDefaultAPageOfTheSameOriginIsServed() {
    RawConnection.Response response = get(CorsPolicy.sameOrigin(), SELF, OWN);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers())
        .containsEntry("vary", "Origin")
        .doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void byDefaultAPageOfAnotherOriginIsRefusedWithoutASession() {
    try (EchoServer server = server(CorsPolicy.sameOrigin());
        RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.get(POLLING, SELF, OTHER);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
      assertThat(response.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
      assertThat(server.sessions).isEmpty();
    }
  }

  @Test
  void byDefaultAWebSocketOfAnotherOriginIsRefused() {
    try (EchoServer server = server(CorsPolicy.sameOrigin());
        RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.upgrade(WEBSOCKET, SELF, OTHER);

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).isEqualTo("{\"code\":3,\"message\":\"Bad request\"}");
      assertThat(server.sessions).isEmpty();
    }
  }

  @Test
  void byDefaultASandboxedPageIsRefused() {
    assertThat(get(CorsPolicy.sameOrigin(), SELF, "Origin: null").status()).isEqualTo(400);
  }

  @Test
  void anotherSchemeIsAnotherOrigin() {
    RawConnection.Response response =
        get(CorsPolicy.sameOrigin(), SELF, "Origin: https://chat.example");

    assertThat(response.status()).isEqualTo(400);
  }

  @Test
  void theDefaultPortMayBeNamed() {
    assertThat(get(CorsPolicy.sameOrigin(), "Host: chat.example:80", OWN).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ws://chat.example",
        "WS://Chat.Example",
        "ws://chat.example:80",
        "http://chat.example:80"
      })
  void theOwnOriginMayHaveTheSchemeOfAWebSocketOrNameItsPort(String origin) {
    try (EchoServer server = server(CorsPolicy.sameOrigin());
        RawConnection connection = server.connect();
        RawConnection socket = server.connect()) {
      assertThat(connection.get(POLLING, SELF, "Origin: " + origin).status()).isEqualTo(200);
      assertThat(socket.upgrade(WEBSOCKET, SELF, "Origin: " + origin).status()).isEqualTo(101);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wss://chat.example",
        "ws://chat.example:443",
        "ws://other.example",
        "ws://chat.example:8080",
        "ws://chat.example/",
        "ws:chat.example"
      })
  void theSchemeOfAWebSocketMakesNoOtherOriginTheOwn(String origin) {
    assertThat(get(CorsPolicy.sameOrigin(), SELF, "Origin: " + origin).status()).isEqualTo(400);
  }

  @Test
  void theOwnOriginOverIpv6MayHaveTheSchemeOfAWebSocket() {
    assertThat(get(CorsPolicy.sameOrigin(), "Host: [::1]:3000", "Origin: ws://[::1]:3000").status())
        .isEqualTo(200);
  }

  @Test
  void aWebSocketBehindAProxyThatEndsTlsHasTheOwnOrigin() {
    String[] forwarded = {
      "Host: chat.example", "X-Forwarded-Proto: wss", "Origin: https://chat.example"
    };
    try (EchoServer server =
            new EchoServer(
                transport ->
                    transport.trustedProxies(AddressRanges.of(List.of("127.0.0.0/8", "::1"))));
        RawConnection connection = server.connect()) {
      assertThat(connection.upgrade(WEBSOCKET, forwarded).status()).isEqualTo(101);
    }
  }

  @Test
  void anOriginOfTheListMayHaveTheSchemeOfAWebSocketOnEitherSide() {
    CorsPolicy web = CorsPolicy.of(Set.of("https://other.example"));
    CorsPolicy sockets = CorsPolicy.of(Set.of("wss://other.example"));

    assertThat(get(web, SELF, "Origin: wss://other.example").status()).isEqualTo(200);
    assertThat(get(sockets, SELF, OTHER).status()).isEqualTo(200);
    assertThat(get(sockets, SELF, "Origin: ws://other.example").status()).isEqualTo(400);
  }

  @Test
  void anOriginWithControlCharactersIsRefusedWhateverTheServerAllows() {
    try (EchoServer open = new EchoServer(engine -> engine, netty -> netty.cors(CorsPolicy.any()));
        RawConnection connection = open.connect()) {
      assertThat(connection.get(EchoServer.POLLING, "Origin: http://a\u0001b").status())
          .isEqualTo(400);
      assertThat(open.sessions).isEmpty();
    }
  }

  @Test
  void aRequestWithoutAnOriginIsServed() {
    assertThat(get(CorsPolicy.sameOrigin(), SELF).status()).isEqualTo(200);
  }

  @Test
  void withAnyEveryPageIsServed() {
    RawConnection.Response response = get(CorsPolicy.any(), SELF, OTHER);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers())
        .containsEntry("access-control-allow-origin", "*")
        .doesNotContainKey("access-control-allow-credentials");
  }

  @Test
  void aListServesItsPagesAndTheOwn() {
    CorsPolicy policy = CorsPolicy.of(Set.of("https://other.example"));

    assertThat(get(policy, SELF, OTHER).headers())
        .containsEntry("access-control-allow-origin", "https://other.example")
        .containsEntry("vary", "Origin");
    assertThat(get(policy, SELF, OWN).status()).isEqualTo(200);
    assertThat(get(policy, SELF, "Origin: https://third.example").status()).isEqualTo(400);
  }

  @Test
  void aTestDecides() {
    CorsPolicy policy = CorsPolicy.matching(origin -> origin.endsWith(".example"));

    assertThat(get(policy, SELF, OTHER).status()).isEqualTo(200);
    assertThat(get(policy, SELF, "Origin: https://example.evil").status()).isEqualTo(400);
  }

  @Test
  void credentialsNameTheOrigin() {
    assertThat(get(CorsPolicy.any().withCredentials(), SELF, OTHER).headers())
        .containsEntry("access-control-allow-origin", "https://other.example")
        .containsEntry("access-control-allow-credentials", "true");
  }

  @Test
  void offChecksNothingAndSaysNothing() {
    RawConnection.Response response = get(CorsPolicy.off(), SELF, OTHER);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers()).doesNotContainKeys("access-control-allow-origin", "vary");
  }

  @Test
  void aPreflightIsAnswered() {
    try (EchoServer server = server(CorsPolicy.of(Set.of("https://other.example")));
        RawConnection connection = server.connect()) {
      RawConnection.Response response =
          connection.request(
              "OPTIONS",
              POLLING,
              OTHER,
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: X-Token");

      assertThat(response.status()).isEqualTo(204);
      assertThat(response.headers())
          .containsEntry("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
          .containsEntry("access-control-allow-headers", "X-Token")
          .containsEntry("content-length", "0")
          .containsEntry("vary", "Origin, Access-Control-Request-Headers");
      assertThat(connection.get(POLLING).status()).isEqualTo(200);
    }
  }

  @Test
  void aPreflightVariesWithTheFieldsItAsksForAlsoWhenItAsksForNone() {
    for (CorsPolicy policy :
        List.of(CorsPolicy.any(), CorsPolicy.of(Set.of("https://other.example")))) {
      try (EchoServer server = server(policy);
          RawConnection connection = server.connect()) {
        assertThat(
                connection
                    .request("OPTIONS", POLLING, OTHER, "Access-Control-Request-Method: POST")
                    .headers()
                    .get("vary"))
            .endsWith("Access-Control-Request-Headers");
      }
    }
  }

  @Test
  void theHeadersAreOnTheSwitchToAWebSocketToo() {
    try (EchoServer server = server(CorsPolicy.any());
        RawConnection connection = server.connect()) {
      assertThat(connection.upgrade(WEBSOCKET, OTHER).headers())
          .containsEntry("access-control-allow-origin", "*");
    }
  }

  @Test
  void whatMayBeStoredSaysThatItVariesWithTheOrigin() {
    try (EchoServer server = server(CorsPolicy.sameOrigin());
        RawConnection refused = server.connect();
        RawConnection switched = server.connect()) {
      assertThat(refused.upgrade("/engine.io/?EIO=3&transport=websocket").headers())
          .containsEntry("vary", "Origin");
      assertThat(switched.upgrade(WEBSOCKET).headers()).doesNotContainKey("vary");
    }
  }

  @Test
  void forwardedFieldsCountFromATrustedProxyOnly() {
    String[] behindProxy = {
      "Host: internal:3000",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: chat.example",
      "X-Forwarded-For: 198.51.100.7, 203.0.113.9, 127.0.0.1",
      "Origin: https://chat.example"
    };
    assertThat(get(CorsPolicy.sameOrigin(), behindProxy).status()).isEqualTo(400);

    try (EchoServer server =
            new EchoServer(
                transport ->
                    transport.trustedProxies(AddressRanges.of(List.of("127.0.0.0/8", "::1"))));
        RawConnection connection = server.connect()) {
      assertThat(connection.get(POLLING, behindProxy).status()).isEqualTo(200);
      assertThat(server.sessions.values())
          .singleElement()
          .satisfies(
              session -> {
                assertThat(session.request().secure()).isTrue();
                assertThat(session.request().remoteAddress().getAddress().getHostAddress())
                    .isEqualTo("203.0.113.9");
              });
    }
  }

  private static EchoServer server(CorsPolicy policy) {
    return new EchoServer(transport -> transport.cors(policy));
  }

  private static RawConnection.Response get(CorsPolicy policy, String... headers) {
    try (EchoServer server = server(policy);
        RawConnection connection = server.connect()) {
      return connection.get(POLLING, headers);
    }
  }
}
