package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackendProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisBackendProviderTest {
  @Test
  void nothingBehindTheSchemeIsLocalhost() {
    RedisAddress address = address("redis://");
    assertThat(address.uri().getHost()).isEqualTo("localhost");
    assertThat(address.uri().getPort()).isEqualTo(6379);
    assertThat(address.uri().getDatabase()).isZero();
    assertThat(address).hasToString("redis://localhost:6379");
  }

  @Test
  void aUrlNamesHostPortDatabaseUserAndPassword() {
    RedisAddress address = address("rediss://ann:s%40crit@[::1]:7000/5?verify=ca");
    RedisURI uri = address.uri();
    assertThat(uri.getHost()).isEqualTo("::1");
    assertThat(uri.getPort()).isEqualTo(7000);
    assertThat(uri.getDatabase()).isEqualTo(5);
    assertThat(uri.isSsl()).isTrue();
    assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
    var credentials = uri.getCredentialsProvider().resolveCredentials().block();
    assertThat(credentials).isNotNull();
    assertThat(address.toString()).isEqualTo("rediss://::1:7000").doesNotContain("crit");
  }

  @Test
  void aCertificateIsCheckedInFullUnlessToldOtherwise() {
    assertThat(address("rediss://h").uri().getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
  }

  @Test
  void aSocketHasAPath() {
    RedisURI uri = address("redis-socket:///run/redis.sock?db=2").uri();
    assertThat(uri.getSocket()).isEqualTo("/run/redis.sock");
    assertThat(uri.getDatabase()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://h/x",
        "redis://h/-1",
        "redis://a,b",
        "redis://h?db=1",
        "redis://h?verify=none",
        "rediss://h?verify=some",
        "redis://user@h",
        "redis-socket://",
        "redis-socket://host/path"
      })
  void aUrlThatMakesNoSenseIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address(url))
        .withMessageContaining("(expected: ");
  }

  @Test
  void theProviderIsFoundByItsService() {
    assertThat(ServiceLoader.load(PubSubBackendProvider.class))
        .hasAtLeastOneElementOfType(RedisBackendProvider.class);
  }

  private static RedisAddress address(String url) {
    return RedisUrl.parse(BackendUrl.parse(url));
  }
}
