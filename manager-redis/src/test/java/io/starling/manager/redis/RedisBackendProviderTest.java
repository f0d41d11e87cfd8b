package io.starling.manager.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.redis.RedisAddress.Topology;
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
        "redis-socket://host/path",
        "redis://h?pubsub=classic",
        "redis://h?sentinel-password=p",
        "redis-sentinel://a,b",
        "redis-sentinel://a/m/0",
        "redis-sentinel://a/m?ca=file",
        "redis-sentinel://a/m?sentinel-user=u",
        "redis-cluster://a/0",
        "redis-cluster://a?pubsub=both"
      })
  void aUrlThatMakesNoSenseIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address(url))
        .withMessageContaining("(expected: ");
  }

  @Test
  void sentinelsHaveTheirOwnPortsAndPassword() {
    RedisAddress address =
        address(
            "rediss-sentinel://ann:server@a:1,b/mine?sentinel-user=bob&sentinel-password=sent&verify=ca");
    assertThat(address).hasToString("rediss-sentinel://a:1,b:26379/mine");
    RedisURI uri = address.uri();
    assertThat(uri.getSentinelMasterId()).isEqualTo("mine");
    assertThat(password(uri)).isEqualTo("server");
    assertThat(uri.getSentinels())
        .hasSize(2)
        .allSatisfy(
            sentinel -> {
              assertThat(password(sentinel)).isEqualTo("sent");
              assertThat(sentinel.isSsl()).isTrue();
              assertThat(sentinel.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
            });
    assertThat(uri.isSsl()).isTrue();
    assertThat(uri.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
  }

  private static String password(RedisURI uri) {
    RedisCredentials credentials = uri.getCredentialsProvider().resolveCredentials().block();
    return String.valueOf(requireNonNull(credentials).getPassword());
  }

  @Test
  void aClusterHasManyNodesAndTwoKindsOfPubSub() {
    RedisAddress sharded = address("redis-cluster://:secret@a,[::1]:7000");
    assertThat(sharded).hasToString("redis-cluster://a:6379,::1:7000");
    assertThat(sharded.topology()).isEqualTo(Topology.SHARDED);
    assertThat(sharded.at(new HostPort("other", 1)).getHost()).isEqualTo("other");
    assertThat(password(sharded.at(new HostPort("other", 1)))).isEqualTo("secret");
    assertThat(address("rediss-cluster://a?pubsub=classic").topology()).isEqualTo(Topology.CLASSIC);
  }

  @Test
  void onlyClassicPubSubInAClusterDoesNotCountReceivers() {
    RedisBackendProvider provider = new RedisBackendProvider();
    assertThat(
            provider
                .create(BackendUrl.parse("redis-cluster://a?pubsub=classic"), "n")
                .capabilities())
        .isEmpty();
    assertThat(provider.create(BackendUrl.parse("redis-cluster://a"), "n").capabilities())
        .containsExactly(Capability.COUNTS_RECEIVERS);
  }

  @Test
  void valkeyIsAnotherNameForRedis() {
    assertThat(new RedisBackendProvider().schemes())
        .contains("valkey-socket", "valkeys-cluster")
        .hasSize(14);
    assertThat(address("valkey://h").uri().isSsl()).isFalse();
    assertThat(address("valkeys://h").uri().isSsl()).isTrue();
    assertThat(address("valkeys-sentinel://h/m").topology()).isEqualTo(Topology.SENTINEL);
    assertThat(address("valkey-cluster://h")).hasToString("valkey-cluster://h:6379");
  }

  @Test
  void allFaultsOfAUrlAreListedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> address("redis-sentinel://user@a?db=1&pubsub=classic&sentinel-user=u"))
        .withMessageContaining("master")
        .withMessageContaining("db: ")
        .withMessageContaining("pubsub: ")
        .withMessageContaining("sentinel-password: ")
        .withMessageContaining("no password");
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
