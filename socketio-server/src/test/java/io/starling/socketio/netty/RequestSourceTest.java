package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.starling.socketio.transport.AddressRanges;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSourceTest {
  private static final AddressRanges PROXIES = AddressRanges.of(List.of("10.0.0.0/8", "fd00::/8"));

  private final HttpHeaders headers = new DefaultHttpHeaders().add("Host", "internal:3000");

  @Test
  void fieldsOfAPeerThatIsNoProxyAreIgnored() {
    forwarded("203.0.113.9");
    RequestSource source = source("192.0.2.1", false);

    assertThat(address(source)).isEqualTo("192.0.2.1");
    assertThat(source.origin()).isEqualTo("http://internal:3000");
    assertThat(source.secure()).isFalse();
  }

  @Test
  void aProxyTellsClientSchemeAndHost() {
    forwarded("203.0.113.9");
    RequestSource source = source("10.1.2.3", false);

    assertThat(address(source)).isEqualTo("203.0.113.9");
    assertThat(source.origin()).isEqualTo("https://chat.example");
    assertThat(source.secure()).isTrue();
  }

  @Test
  void theClientIsTheLastAddressThatNoProxyHas() {
    forwarded("198.51.100.7, 203.0.113.9, 10.0.0.2");

    assertThat(address(source("10.1.2.3", false))).isEqualTo("203.0.113.9");
  }

  @Test
  void aFieldThatIsRepeatedIsOneList() {
    headers.add("X-Forwarded-For", "203.0.113.9").add("X-Forwarded-For", "10.0.0.2");

    assertThat(address(source("10.1.2.3", false))).isEqualTo("203.0.113.9");
  }

  @Test
  void portsBehindAddressesAreLeftOut() {
    forwarded("203.0.113.9:4711");
    assertThat(address(source("10.1.2.3", false))).isEqualTo("203.0.113.9");
    forwarded("[2001:db8::1]:4711");
    assertThat(address(source("fd00::1", false))).isEqualTo("2001:db8:0:0:0:0:0:1");
  }

  @Test
  void whatIsNoAddressEndsTheList() {
    forwarded("203.0.113.9, unknown, 10.0.0.2");

    assertThat(address(source("10.1.2.3", false))).isEqualTo("10.0.0.2");
  }

  @Test
  void aProxyThatSaysNothingLeavesWhatTheConnectionIs() {
    RequestSource source = source("10.1.2.3", true);

    assertThat(source.secure()).isTrue();
    assertThat(source.origin()).isEqualTo("https://internal:3000");
  }

  @ParameterizedTest
  @CsvSource({
    "wss, true", "WSS, true", "'wss,http', true", "'wss , https', true", "', wss', true",
    "HTTPS, true", "ws, false", "WS, false", "'ws,wss', false", "http, false"
  })
  void theSchemeOfAWebSocketIsThatOfTheWeb(String proto, boolean secure) {
    headers.set("X-Forwarded-Proto", proto);
    RequestSource source = source("10.1.2.3", !secure);

    assertThat(source.secure()).isEqualTo(secure);
    assertThat(source.origin()).isEqualTo((secure ? "https" : "http") + "://internal:3000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"proto=wss", "for=10.0.0.2;Proto=\"WSS\"", "proto=https, proto=http"})
  void theStandardFieldNamesTheSchemeToo(String forwarded) {
    headers.set("Forwarded", forwarded);

    assertThat(source("10.1.2.3", false).secure()).isTrue();
    assertThat(source("192.0.2.1", false).secure()).isFalse();
  }

  @Test
  void theStandardFieldNamesClientAndHost() {
    headers
        .add("Forwarded", "for=198.51.100.7, for=\"[2001:db8::1]:4711\";host=\"chat.example:8443\"")
        .add("Forwarded", "For=10.0.0.2;host=other.example;proto=https");
    RequestSource source = source("10.1.2.3", false);

    assertThat(address(source)).isEqualTo("2001:db8:0:0:0:0:0:1");
    assertThat(source.origin()).isEqualTo("https://chat.example:8443");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=unknown",
        "for=_hidden",
        "for=\"_a,for=203.0.113.9\"",
        "by=10.9.9.9",
        "=;,\""
      })
  void aStandardFieldWithoutAnAddressLeavesThePeer(String forwarded) {
    headers.set("Forwarded", forwarded);

    assertThat(address(source("10.1.2.3", false))).isEqualTo("10.1.2.3");
  }

  @Test
  void theStandardFieldDoesNotCountBesideTheOthers() {
    headers
        .set("X-Forwarded-For", "203.0.113.9")
        .set("Forwarded", "for=198.51.100.7;proto=https;host=evil.example");
    RequestSource source = source("10.1.2.3", false);

    assertThat(address(source)).isEqualTo("203.0.113.9");
    assertThat(source.origin()).isEqualTo("http://internal:3000");
  }

  private void forwarded(String addresses) {
    headers
        .set("X-Forwarded-For", addresses)
        .set("X-Forwarded-Proto", "https")
        .set("X-Forwarded-Host", "chat.example");
  }

  private RequestSource source(String peer, boolean overTls) {
    return new RequestSource(new InetSocketAddress(peer, 4711), overTls, "", List.of())
        .of(headers, PROXIES);
  }

  private static String address(RequestSource source) {
    return source.address().getAddress().getHostAddress();
  }
}
