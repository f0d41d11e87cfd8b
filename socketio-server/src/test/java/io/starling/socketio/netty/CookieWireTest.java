package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.SessionCookie.SameSite;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CookieWireTest {
  private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

  @Test
  void byDefaultThereIsNoCookie() {
    try (EchoServer server = new EchoServer()) {
      assertThat(server.get(POLLING).headers()).doesNotContainKey("set-cookie");
    }
  }

  @Test
  void theHandshakeOverPollingSetsTheSessionIdAndNoLaterResponseDoes() {
    try (EchoServer server = server(SessionCookie.named("io"));
        RawConnection connection = server.connect()) {
      RawConnection.Response handshake = connection.get(POLLING);
      String sid = sid(handshake.body());

      assertThat(handshake.headers())
          .containsEntry("set-cookie", "io=" + sid + "; Path=/; HttpOnly; SameSite=Lax");
      assertThat(connection.post(POLLING + "&sid=" + sid, "4hello").headers())
          .doesNotContainKey("set-cookie");
      assertThat(connection.get(POLLING + "&sid=" + sid).headers()).doesNotContainKey("set-cookie");
    }
  }

  @Test
  void theSwitchToAWebSocketThatOpensASessionSetsIt() {
    SessionCookie cookie = new SessionCookie("lb", "/engine.io/", false, true, SameSite.NONE);
    try (EchoServer server = server(cookie);
        RawConnection connection = server.connect()) {
      String field = String.valueOf(connection.upgrade(WEBSOCKET).headers().get("set-cookie"));

      assertThat(field)
          .isEqualTo("lb=" + sid(connection.text()) + "; Path=/engine.io/; Secure; SameSite=None");
    }
  }

  @Test
  void aSwitchWithALongCookieLeavesBeforeTheFirstPacket() {
    String path = "/" + "p".repeat(2000);
    SessionCookie cookie = new SessionCookie("lb", path, false, true, SameSite.NONE);
    try (EchoServer server = server(cookie);
        RawConnection connection = server.connect()) {
      String field = String.valueOf(connection.upgrade(WEBSOCKET).headers().get("set-cookie"));

      assertThat(field).contains(sid(connection.text()), path);
    }
  }

  @Test
  void theSwitchToAWebSocketThatUpgradesASessionDoesNot() {
    try (EchoServer server = server(SessionCookie.named("io"));
        RawConnection connection = server.connect()) {
      String sid = sid(server.get(POLLING).body());

      assertThat(connection.upgrade(WEBSOCKET + "&sid=" + sid).headers())
          .doesNotContainKey("set-cookie");
    }
  }

  private static EchoServer server(SessionCookie cookie) {
    return new EchoServer(transport -> transport.cookie(cookie));
  }

  private static String sid(String open) {
    Matcher matcher = SID.matcher(open);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
