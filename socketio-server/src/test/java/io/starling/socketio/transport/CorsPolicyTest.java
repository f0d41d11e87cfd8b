package io.starling.socketio.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CorsPolicyTest {
  @ParameterizedTest
  @CsvSource({
    "https://example.com/, https://example.com",
    "https://example.com/app?x#y, https://example.com",
    "https://Example.COM, https://example.com",
    "HTTPS://example.com, https://example.com",
    "https://example.com:443, https://example.com",
    "http://example.com:80, http://example.com",
    "wss://example.com:443/, wss://example.com",
    "ws://example.com:80, ws://example.com",
    "https://example.com:08443, https://example.com:8443",
    "https://example.com:, https://example.com",
    "https://user:secret@example.com, https://example.com",
    "https://münchen.example, https://xn--mnchen-3ya.example",
    "http://[2001:DB8::1]:80, http://[2001:db8::1]",
    "http://[0:0:0:0:0:0:0:1]:3000, http://[::1]:3000",
    "http://[2001:db8:0:0:1:0:0:1], http://[2001:db8::1:0:0:1]",
    "http://[::ffff:127.0.0.1], http://[::ffff:7f00:1]",
    "http://[::g], 'an origin such as https://example.com'",
    "http://127.1, http://127.0.0.1",
    "http://127.0.0.1.:80, http://127.0.0.1",
    "http://0x7f.0.0.01:3000, http://127.0.0.1:3000",
    "http://2130706433, http://127.0.0.1",
    "http://127.0.0.256, 'an origin such as https://example.com'",
    "http://1.2.3.4.5, 'an origin such as https://example.com'",
    "http://example.1, 'an origin such as https://example.com'",
    "CAPACITOR://localhost/, capacitor://localhost",
    "example.com, 'https://example.com, or the same with http'",
    "//example.com, 'an origin such as https://example.com'",
    "localhost:3000, 'https://localhost:3000, or the same with http'",
    "https://, 'an origin such as https://example.com'",
    "https://a b, 'an origin such as https://example.com'",
    "https://example.com:99999, 'an origin such as https://example.com'",
    "'https://a.example,https://b.example', 'an origin such as https://example.com'",
    "https://*.example.com, "
        + "'an origin such as https://example.com for each, or * alone; there are no wildcards within'",
  })
  void anOriginThatNoPageCanHaveIsAFaultThatTellsTheRightForm(String origin, String expected) {
    assertThatThrownBy(() -> CorsPolicy.of(List.of(origin)))
        .hasMessage("cors-origins: " + origin + " (expected: " + expected + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com",
        "http://localhost:3000",
        "https://example.com:80",
        "http://example.com:443",
        "wss://example.com",
        "ws://127.0.0.1:3000",
        "http://[::1]:3000",
        "http://[2001:db8:0:1:2:3:4:5]",
        "https://1.example",
        "https://xn--mnchen-3ya.example",
        "https://a_b.example",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnop",
        "file://",
        "null"
      })
  void anOriginThatAPageCanHaveIsTaken(String origin) {
    assertThatCode(() -> CorsPolicy.of(List.of(origin))).doesNotThrowAnyException();
    assertThat(CorsPolicy.of(List.of(origin)).allows(origin, "http://own.example")).isTrue();
  }

  @Test
  void allPagesBesideAFaultHideItNot() {
    assertThatThrownBy(() -> CorsPolicy.of(List.of("*", "https://A")))
        .hasMessage("cors-origins: https://A (expected: https://a)");
  }

  @Test
  void allPagesBesideAnOriginAreAllPages() {
    assertThat(CorsPolicy.of(List.of("https://a", "*")).isWildcard()).isTrue();
  }

  @Test
  void allFaultsAreToldAtOnceInOneLineEach() {
    assertThatThrownBy(() -> CorsPolicy.of(List.of("https://A", "https://ok", "https://b/\n")))
        .hasMessage(
            """
            cors-origins: https://A (expected: https://a)
            cors-origins: https://b/? (expected: https://b)""");
  }
}
