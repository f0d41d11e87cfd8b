package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.pubsub.BackendUrl.HostPort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
