package io.starling.engineio;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestFieldsTest {
  private final RequestFields headers =
      headers(
          "Host", "example.org",
          "X-Forwarded-For", "192.0.2.1",
          "x-forwarded-for", "192.0.2.2");

  @Test
  void headerFieldsAreFoundInAnyCase() {
    assertThat(headers.get("HOST")).containsExactly("example.org");
    assertThat(headers.containsKey("hOsT")).isTrue();
  }

  @Test
  void valuesOfOneNameStayInOrder() {
    assertThat(headers.get("X-Forwarded-For")).containsExactly("192.0.2.1", "192.0.2.2");
  }

  @Test
  void whatIsNotThereIsNull() {
    assertThat(headers.get("Cookie")).isNull();
    assertThat(headers.get(null)).isNull();
    assertThat(headers.containsKey("Cookie")).isFalse();
    assertThat(headers.getOrDefault("Cookie", List.of())).isEmpty();
  }

  @Test
  void entriesHaveEachNameOnce() {
    assertThat(headers)
        .hasSize(2)
        .isEqualTo(
            Map.of(
                "Host", List.of("example.org"),
                "X-Forwarded-For", List.of("192.0.2.1", "192.0.2.2")));
  }

  @Test
  void parametersKeepTheirOrderAndCase() {
    Map<String, List<String>> given = new LinkedHashMap<>();
    given.put("b", List.of("1", "2"));
    given.put("a", List.of(""));
    given.put("B", List.of("3"));

    RequestFields parameters = RequestFields.copyOf(false, given);

    assertThat(parameters.keySet()).containsExactly("b", "a", "B");
    assertThat(parameters.get("b")).containsExactly("1", "2");
    assertThat(parameters.get("A")).isNull();
  }

  @Test
  void queryIsDecoded() {
    RequestFields parameters = RequestFields.query("a+b=c%20d%C3%A9&&x=1&empty&x=2=3&", 0);

    assertThat(parameters.keySet()).containsExactly("a b", "x", "empty");
    assertThat(parameters.get("a b")).containsExactly("c d\u00e9");
    assertThat(parameters.get("x")).containsExactly("1", "2=3");
    assertThat(parameters.get("empty")).containsExactly("");
    assertThat(RequestFields.query("", 0)).isEmpty();
  }

  @Test
  void whatIsBeforeAQueryDoesNotCount() {
    String target = "/a%2&b=c+d?x=1+2";

    assertThat(RequestFields.query(target, target.indexOf('?') + 1))
        .isEqualTo(Map.of("x", List.of("1 2")));
    assertThat(RequestFields.query("/a&b=c", 6)).isEmpty();
  }

  @Test
  void queryHasAmpersandsOnlyBetweenParameters() {
    assertThat(RequestFields.query("a=1;b=2&=v", 0))
        .isEqualTo(Map.of("a", List.of("1;b=2"), "", List.of("v")));
  }

  /** As Node's URLSearchParams has them. */
  @ParameterizedTest
  @CsvSource({
    "token=50%off, token, 50%off",
    "a=%4, a, %4",
    "%zz, %zz, ''",
    "a=100%&b=2, a, 100%",
    "a=%%41, a, %A",
    "a=%4%41, a, %4A",
    "a=%u0041, a, %u0041",
    "%61+%=x+y, 'a %', x y",
    "a=%c3%a9%, a, \u00e9%",
    "a=%C3%28, a, \ufffd(",
    "a=%E2%82, a, \ufffd",
    "a=%ff%fe, a, \ufffd\ufffd",
    "a=%\u0663\u0661, a, %\u0663\u0661",
  })
  void whatIsNoEscapeStaysAndWhatIsNoUtf8IsReplaced(String query, String name, String value) {
    assertThat(RequestFields.query(query, 0)).containsEntry(name, List.of(value));
  }

  @Test
  void aCopyDoesNotFollowItsOriginal() {
    Map<String, List<String>> given = new LinkedHashMap<>(Map.of("a", List.of("1")));

    RequestFields parameters = RequestFields.copyOf(false, given);
    given.put("b", List.of("2"));

    assertThat(parameters.keySet()).containsExactly("a");
  }

  @Test
  void nothingCanBeChanged() {
    assertThatThrownBy(() -> headers.put("a", List.of()))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> headers.entrySet().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> headers.entrySet().iterator().next().getValue().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> requireNonNull(headers.get("x-forwarded-for")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void requestsShareWhatTheyHaveInCommon() {
    RequestFields other = headers(new String("Host"), new String("example.org"));

    assertThat(first(other, "Host")).isSameAs(first(headers, "Host"));
  }

  @Test
  void theNamesOfABrowsersHandshakeAreAllShared() {
    List<String> names =
        List.of(
            "Host",
            "Connection",
            "Pragma",
            "Cache-Control",
            "User-Agent",
            "Upgrade",
            "Origin",
            "Sec-WebSocket-Version",
            "Accept-Encoding",
            "Accept-Language",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Extensions");
    List<String> once = kept(names);
    List<String> again = kept(names);

    for (int i = 0; i < names.size(); i++) {
      assertThat(again.get(i)).isSameAs(once.get(i));
    }
  }

  private static List<String> kept(List<String> names) {
    List<String> fields = new ArrayList<>();
    names.forEach(name -> fields.addAll(List.of(new String(name), "")));
    return List.copyOf(RequestFields.headers(fields).keySet());
  }

  @Test
  void theNamesAndValuesOfQueriesAreShared() {
    assertThat(first(RequestFields.query("transport=websocket", 0), "transport"))
        .isSameAs(first(RequestFields.query("EIO=4&transport=websocket", 0), "transport"));
  }

  @Test
  void aListThatChangesLaterChangesNothing() {
    List<String> given = new ArrayList<>(List.of("a", "1"));
    RequestFields fields = RequestFields.headers(given);
    given.addAll(List.of("b", "2"));

    assertThat(fields).containsOnlyKeys("a");
  }

  @Test
  void secretsAreNotKeptBeyondTheirRequest() {
    String token = "t".repeat(20);
    RequestFields first = headers("Cookie", token);
    RequestFields second = headers("Cookie", new String(token));

    assertThat(first(second, "Cookie")).isNotSameAs(first(first, "Cookie"));
  }

  @Test
  void longValuesAreNotShared() {
    String agent = "a".repeat(257);
    RequestFields first = headers("User-Agent", agent);
    RequestFields second = headers("User-Agent", new String(agent));

    assertThat(first(second, "User-Agent")).isNotSameAs(first(first, "User-Agent"));
  }

  private static RequestFields headers(String... namesAndValues) {
    return RequestFields.headers(List.of(namesAndValues));
  }

  private static String first(RequestFields fields, String name) {
    return requireNonNull(fields.get(name)).get(0);
  }
}
