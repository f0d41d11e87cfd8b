package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.pubsub.BackendUrl.HostPort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendUrlTest {
  @Test
  void aSchemeWithNothingBehindItIsAWholeUrl() {
    assertThat(BackendUrl.parse("redis://"))
        .isEqualTo(new BackendUrl("redis", null, null, List.of(), null, Map.of()));
  }

  @Test
  void everyPartIsFound() {
    assertThat(BackendUrl.parse("KAFKA://u%40x:p%3A@h1:9092,h2,[::1]:7/my%2Ftopic?a=1&b=%20"))
        .isEqualTo(
            new BackendUrl(
                "kafka",
                "u@x",
                "p:",
                List.of(new HostPort("h1", 9092), new HostPort("h2", 0), new HostPort("::1", 7)),
                "my/topic",
                Map.of("a", "1", "b", " ")));
  }

  @Test
  void aPasswordMayHoldWhatLooksLikeAPath() {
    BackendUrl url = BackendUrl.parse("redis://:a/b@host/1");

    assertThat(url.password()).isEqualTo("a/b");
    assertThat(url.path()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "amqp://h/team@prod, , , h, 0, team@prod",
    "amqp://h:7/team@prod, , , h, 7, team@prod",
    "amqp://ann:pass@h/team@prod, ann, pass, h, 0, team@prod",
    "amqp://ann%40x:p%40ss@h/a@b@c, ann@x, p@ss, h, 0, a@b@c",
    "amqp://ann:p@ss@h/v, ann, p@ss, h, 0, v",
    "amqp://ann:p/ss@h:7/v, ann, p/ss, h, 7, v",
    "amqp://ann:p@[::1]:7/team@prod, ann, p, ::1, 7, team@prod",
    "amqp://[::1]/team@prod, , , ::1, 0, team@prod",
    "amqp://h?x=a@b, , , h, 0, ",
    "amqp://h/v?x=a@b/c, , , h, 0, v",
    "amqp://h/team%40prod, , , h, 0, team@prod",
  })
  void anAtSignEndsCredentialsOnlyBeforeThePath(
      String text, String user, String password, String host, int port, String path) {
    BackendUrl url = BackendUrl.parse(text);

    assertThat(url.user()).isEqualTo(user);
    assertThat(url.password()).isEqualTo(password);
    assertThat(url.hosts()).containsExactly(new HostPort(host, port));
    assertThat(url.path()).isEqualTo(path);
  }

  @Test
  void anAddressOfTheSixthVersionNeedsBrackets() {
    assertThatThrownBy(() -> BackendUrl.parse("redis://::1"))
        .hasMessage("url: host \"::1\" (expected: [::1], in brackets)");
  }

  @Test
  void theTextHoldsNoCredentialsAndNoParameters() {
    assertThat(BackendUrl.parse("amqp://user:secret@h:1/v?password=secret"))
        .hasToString("amqp://***@h:1/v");
  }

  @Test
  void faultsAreNamedWithoutCredentials() {
    assertThatThrownBy(() -> BackendUrl.parse("localhost:6379")).hasMessageContaining("no scheme");
    assertThatThrownBy(() -> BackendUrl.parse("redis://u:secret@h:99999"))
        .hasMessage("url: port \"99999\" (expected: 1 to 65535)");
    assertThatThrownBy(() -> BackendUrl.parse("redis://h1,,h2")).hasMessageContaining("host");
    assertThatThrownBy(() -> BackendUrl.parse("redis://h?a=1&a=2")).hasMessageContaining("twice");
    assertThatThrownBy(() -> BackendUrl.parse("redis://u:%zz@h"))
        .hasMessage("url: password (expected: valid percent-encoding)");
  }

  @Test
  void busSettingsAreReadFromTheUrlAndUnknownOnesListed() {
    PubSubSettings settings = FakeProvider.settings("x://?prefix=app&keep-trying=true");
    assertThat(settings).isEqualTo(PubSubSettings.DEFAULTS.withPrefix("app").withKeepTrying(true));

    assertThatThrownBy(() -> FakeProvider.settings("x://?prefx=a&outbox-bytes=many&keep-trying=no"))
        .hasMessageContaining("prefx")
        .hasMessageContaining(
            "accept-secret, client.*, db, keep-trying, outbox-bytes, outbox-seconds, prefix, secret")
        .hasMessageContaining("outbox-bytes: many")
        .hasMessageContaining("keep-trying: no");
  }

  @Test
  void aParameterNameWithAStarStandsForAllThatBeginSo() {
    assertThat(FakeProvider.settings("x://?client.id=a&client.rack=b"))
        .isEqualTo(PubSubSettings.DEFAULTS);
  }

  @Test
  void thePrefixMayStandElsewhereInTheUrlButOnlyTheSame() {
    assertThat(FakeProvider.settings("x://h/orders").prefix()).isEqualTo("orders");
    assertThat(FakeProvider.settings("x://h/orders?prefix=orders").prefix()).isEqualTo("orders");
    assertThatThrownBy(() -> FakeProvider.settings("x://h/orders?prefix=users"))
        .hasMessage("prefix: users (expected: orders, as elsewhere in the url)");
  }

  @Test
  void anOutboxAgeThatNoTimerCanWaitForIsRefused() {
    assertThatThrownBy(() -> FakeProvider.settings("x://?outbox-seconds=9223372037"))
        .hasMessageContaining(
            "outbox-seconds: 9223372037 (expected: more than 0, at most 31536000)");
  }
}
