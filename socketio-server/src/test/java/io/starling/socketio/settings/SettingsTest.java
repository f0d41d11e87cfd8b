package io.starling.socketio.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.starling.engineio.TransportKind;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.IoKind;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.SessionCookie.SameSite;
import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  @Test
  void durationsAndSizesReachTheServer() {
    SocketIoServerConfig config =
        config(
            Map.of(
                "STARLING_UPGRADE_TIMEOUT", "1s",
                "STARLING_CLOSE_TIMEOUT", "2s",
                "STARLING_REQUEST_TIMEOUT", "3s",
                "STARLING_ACK_TIMEOUT", "4s",
                "STARLING_MAX_QUEUED_BYTES", "5",
                "STARLING_MAX_PENDING_EVENTS", "6",
                "STARLING_EVENT_LOOP_THREADS", "7",
                "STARLING_MAX_PAYLOAD_BYTES", "8",
                "STARLING_PING_INTERVAL", "9s",
                "STARLING_PING_TIMEOUT", "10s"));

    assertThat(config.engine().upgradeTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.engine().closeTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.transport().requestTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.ackTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.engine().maxQueuedBytes()).isEqualTo(5);
    assertThat(config.maxPendingEvents()).isEqualTo(6);
    assertThat(config.transport().eventLoopThreads()).isEqualTo(7);
    assertThat(config.engine().maxPayloadBytes()).isEqualTo(8);
    assertThat(config.engine().pingInterval()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.engine().pingTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void dynamicNamespacesAreBounded() {
    SocketIoServerConfig config =
        config(
            Map.of(
                "STARLING_MAX_DYNAMIC_NAMESPACES", "11",
                "STARLING_CLEANUP_EMPTY_NAMESPACES", "false"));

    assertThat(config.maxDynamicNamespaces()).isEqualTo(11);
    assertThat(config.cleanupEmptyNamespaces()).isFalse();
    assertThat(config(Map.of()).cleanupEmptyNamespaces()).isTrue();
  }

  @Test
  void transportsAreAList() {
    assertThat(config(Map.of("STARLING_TRANSPORTS", "websocket")).engine().transports())
        .containsExactly(TransportKind.WEBSOCKET);
    assertThat(config(Map.of("STARLING_TRANSPORTS", "websocket, polling")).engine().transports())
        .hasSize(2);
  }

  @Test
  void filesHaveADefaultDocumentAndTypes() {
    StaticFilesConfig files =
        config(
                Map.of(
                    "STARLING_STATIC", "/a=.,/b=..",
                    "STARLING_STATIC_DEFAULT_DOCUMENT", "home.html",
                    "STARLING_STATIC_CACHE_CONTROL", "max-age=3600",
                    "STARLING_STATIC_TYPE", "GLB=model/gltf-binary,x=application/x"))
            .staticFiles();

    assertThat(files.rules()).containsOnlyKeys("/a", "/b");
    assertThat(files.defaultDocument()).isEqualTo("home.html");
    assertThat(files.cacheControl()).isEqualTo("max-age=3600");
    assertThat(files.contentTypes())
        .isEqualTo(Map.of("glb", "model/gltf-binary", "x", "application/x"));
  }

  @Test
  void thereIsAManagementPortWhenAskedFor() {
    assertThat(config(Map.of()).managementPort()).isEmpty();
    SocketIoServerConfig config =
        config(
            Map.of(
                "STARLING_MANAGEMENT_PORT", "9090",
                "STARLING_MANAGEMENT_HOST", "0.0.0.0",
                "STARLING_READY_NEEDS_BROKER", "true"));
    assertThat(config.managementPort()).contains(9090);
    assertThat(config.managementHost()).isEqualTo("0.0.0.0");
    assertThat(config.readyNeedsBroker()).isTrue();
  }

  @Test
  void inputAndOutputCanBeForced() {
    assertThat(config(Map.of("STARLING_IO", "io-uring")).transport().io())
        .contains(IoKind.IO_URING);
    assertThat(config(Map.of()).transport().io()).isEmpty();
  }

  @Test
  void originsAreAListOrAnyOrOff() {
    CorsPolicy list = cors(Map.of("STARLING_CORS_ORIGINS", "https://a.example,https://b.example"));
    assertThat(list.allows("https://b.example", "")).isTrue();
    assertThat(list.allows("https://c.example", "")).isFalse();
    assertThat(list.credentials()).isFalse();
    assertThat(cors(Map.of("STARLING_CORS_ORIGINS", "*")).isWildcard()).isTrue();
    assertThat(cors(Map.of("STARLING_CORS_ORIGINS", "off")).isOff()).isTrue();
    assertThat(cors(Map.of()).isSameOrigin()).isTrue();
  }

  @Test
  void credentialsAreASettingOfTheirOwn() {
    CorsPolicy policy =
        cors(Map.of("STARLING_CORS_ORIGINS", "*", "STARLING_CORS_CREDENTIALS", "true"));
    assertThat(policy.credentials()).isTrue();
    assertThat(policy.isWildcard()).isFalse();
  }

  @Test
  void proxiesAreAList() throws UnknownHostException {
    SocketIoServerConfig config = config(Map.of("STARLING_TRUSTED_PROXIES", "::1, 10.0.0.0/8"));
    assertThat(
            config
                .transport()
                .trustedProxies()
                .test(InetAddress.getByAddress(new byte[] {10, 9, 8, 7})))
        .isTrue();
  }

  @Test
  void theCookieHasItsAttributes() {
    assertThat(config(Map.of("STARLING_COOKIE", "io")).transport().cookie())
        .contains(SessionCookie.named("io"));
    assertThat(
            config(
                    Map.of(
                        "STARLING_COOKIE", "lb",
                        "STARLING_COOKIE_PATH", "/x",
                        "STARLING_COOKIE_HTTP_ONLY", "false",
                        "STARLING_COOKIE_SECURE", "true",
                        "STARLING_COOKIE_SAME_SITE", "none"))
                .transport()
                .cookie())
        .contains(new SessionCookie("lb", "/x", false, true, SameSite.NONE));
    assertThat(config(Map.of()).transport().cookie()).isEmpty();
  }

  @Test
  void compressionIsASizeOrOff() {
    assertThat(config(Map.of("STARLING_HTTP_COMPRESSION", "off")).transport().httpCompression())
        .isEqualTo(CompressionThreshold.OFF);
    assertThat(config(Map.of("STARLING_HTTP_COMPRESSION", "7")).transport().httpCompression())
        .isEqualTo(new CompressionThreshold(7));
    assertThat(
            config(Map.of("STARLING_WEBSOCKET_COMPRESSION", "1024"))
                .transport()
                .webSocketCompression())
        .isEqualTo(CompressionThreshold.STANDARD);
    assertThat(config(Map.of()).transport().httpCompression())
        .isEqualTo(CompressionThreshold.STANDARD);
    assertThat(config(Map.of()).transport().webSocketCompression())
        .isEqualTo(CompressionThreshold.OFF);
  }

  @Test
  void theCertificateIsInTwoFilesOrAKeystore(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), " secret\n");
    String name = file.toString();
    assertThat(
            config(Map.of("STARLING_TLS_CERTIFICATE", name, "STARLING_TLS_KEY", name))
                .transport()
                .tls())
        .contains(new TlsConfig.Pem(file, file));
    assertThat(
            config(Map.of("STARLING_TLS_KEYSTORE", name, "STARLING_TLS_KEYSTORE_PASSWORD", "a b"))
                .transport()
                .tls())
        .contains(new TlsConfig.Keystore(file, "a b"));
    assertThat(
            config(
                    Map.of(
                        "STARLING_TLS_KEYSTORE", name, "STARLING_TLS_KEYSTORE_PASSWORD_FILE", name))
                .transport()
                .tls())
        .contains(new TlsConfig.Keystore(file, "secret"));
  }

  @Test
  void halfACertificateIsAFault(@TempDir Path folder) throws IOException {
    String name = Files.createFile(folder.resolve("file")).toString();
    assertThat(faults(Map.of(), Map.of("STARLING_TLS_KEY", name)))
        .containsExactly("tls-key: alone (expected: tls-certificate and tls-key together)");
    assertThat(
            faults(
                Map.of(),
                Map.of(
                    "STARLING_TLS_KEY", name,
                    "STARLING_TLS_CERTIFICATE", name,
                    "STARLING_TLS_KEYSTORE", name)))
        .containsExactly(
            "tls-keystore: given (expected: either it or tls-certificate and tls-key)");
  }

  @Test
  void clientsAreAskedForCertificates(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String name = file.toString();
    Map<String, String> asked =
        Map.of("STARLING_TLS_KEYSTORE", name, "STARLING_TLS_CLIENT_CA", name);
    assertThat(config(asked).transport().clientCertificates()).isEmpty();
    assertThat(clients(asked, "none")).isEmpty();
    assertThat(clients(asked, "want")).contains(new ClientCertificates(file, false));
    assertThat(clients(asked, "need")).contains(new ClientCertificates(file, true));
  }

  @Test
  void certificatesOfClientsWithoutTheRestAreAFault(@TempDir Path folder) throws IOException {
    String name = Files.createFile(folder.resolve("file")).toString();
    assertThat(faults(Map.of("starling.tls-client-auth", "need"), Map.of()))
        .containsExactly("tls-client-auth: need (expected: tls-client-ca beside it)");
    assertThat(
            faults(
                Map.of("starling.tls-client-auth", "want", "starling.tls-client-ca", name),
                Map.of()))
        .containsExactly(
            "tls-client-auth: want (expected: tls-certificate or tls-keystore beside it)");
  }

  @Test
  void aPartWithoutItsWholeIsAFaultUnlessItChangesNothing() {
    assertThat(
            faults(
                Map.of(
                    "starling.cors-credentials", "true",
                    "starling.cookie-path", "/x",
                    "starling.cookie-secure", "false",
                    "starling.tls-keystore-password", "opensesame"),
                Map.of()))
        .containsExactly(
            "cors-credentials: true (expected: cors-origins beside it)",
            "cookie-path: /x (expected: cookie beside it)",
            "tls-keystore-password: *** (expected: tls-keystore beside it)");
  }

  @Test
  void whatCannotBeMeantIsAFault() {
    assertThat(
            faults(
                Map.of(),
                Map.of(
                    "STARLING_TRANSPORTS", "polling,flash",
                    "STARLING_IO", "kqueue",
                    "STARLING_TRUSTED_PROXIES", "proxy.example",
                    "STARLING_COOKIE", "a b",
                    "STARLING_CORS_ORIGINS", "*",
                    "STARLING_CORS_CREDENTIALS", "yes")))
        .containsExactly(
            "transports: polling,flash (expected: polling, websocket or both)",
            "cors-credentials: yes (expected: true or false)",
            "trusted-proxies: proxy.example (expected: addresses, such as 10.0.0.0/8,::1)",
            "cookie: a b (expected: letters and digits)",
            "io: kqueue (expected: one of io-uring, epoll, nio)");
  }

  @Test
  void originsThatMatchNothingAreFaultsBesideTheOthers() {
    assertThat(
            faults(
                Map.of(
                    "starling.port", "x",
                    "starling.cors-origins", "https://a.example/,https://B.example,off"),
                Map.of()))
        .containsExactly(
            "port: x (expected: 0 to 65535)",
            "cors-origins: https://a.example/ (expected: https://a.example)",
            "cors-origins: https://B.example (expected: https://b.example)",
            "cors-origins: off (expected: https://off, or the same with http)");
  }

  @Test
  void originsThatMatchNothingAreFaultsInCodeBesideTheOthers() {
    SocketIoServerConfig.Builder config =
        SocketIoServerConfig.builder().corsOrigins(List.of("https://a.example/")).port(-1);

    assertThat(catchThrowableOfType(IllegalArgumentException.class, config::build))
        .hasMessageContaining("cors-origins: https://a.example/ (expected: https://a.example)")
        .hasMessageContaining("port: -1");
    assertThat(config.corsOrigins(List.of("https://a.example")).port(1).build().port())
        .isEqualTo(1);
  }

  @Test
  void anApplicationsOwnPropertiesWillDo() {
    Properties properties = new Properties(new Properties());
    properties.setProperty("starling.port", "4000");
    properties.setProperty("spring.application.name", "chat");

    assertThat(Settings.of(properties).config().build().port()).isEqualTo(4000);
    assertThat(Settings.of(Map.of("starling.port", 4000)).config().build().port()).isEqualTo(4000);
  }

  @Test
  void theEnvironmentGoesBeforeProperties() {
    Map<String, String> properties = Map.of("starling.port", "1", "starling.path", "/x/");
    SocketIoServerConfig config =
        Settings.of(properties, Map.of("STARLING_PORT", "2")).config().build();

    assertThat(config.port()).isEqualTo(2);
    assertThat(config.path()).isEqualTo("/x/");
  }

  @Test
  void aNameThatNobodyKnowsIsAFaultWithTheNearest() {
    assertThat(faults(Map.of("starling.ping-interva", "1s"), Map.of("STARLING_POTR", "1")))
        .containsExactly(
            "STARLING_POTR: unknown (expected: STARLING_PORT?)",
            "starling.ping-interva: unknown (expected: starling.ping-interval?)");
  }

  @Test
  void variablesOfTestsAreNotLookedAt() {
    assertThat(config(Map.of("STARLING_TEST_REDIS", "redis://", "STAR", "x")).port())
        .isEqualTo(3000);
  }

  @Test
  void codeRefusesWhatOnlyTheExecutableHas() {
    assertThat(faults(Map.of("starling.log-level", "debug"), Map.of()))
        .containsExactly("log-level: debug (expected: a setting of the server in code)");
  }

  @Test
  void theManagerIsMadeOfItsUrl() {
    SocketIoServerConfig config =
        Settings.of(Map.of("starling.manager", "memory://")).config().build();

    assertThat(config.manager()).isNotSameAs(config.manager());
  }

  @Test
  void secretsAreNotShown() {
    assertThat(shown(ServerSetting.TLS_KEYSTORE_PASSWORD, "opensesame")).isEqualTo("***");
    assertThat(shown(ServerSetting.MANAGER, "redis://me:p@ss/w?rd@h:1,h2/0?prefix=a&secret=b&x=c"))
        .isEqualTo("redis://***@h:1,h2/0?prefix=a&secret=***&x=c");
    assertThat(shown(ServerSetting.MANAGER, "kafka://h?accept-secret=s&kafka.sasl.jaas.config=p;"))
        .isEqualTo("kafka://h?accept-secret=***&kafka.sasl.jaas.config=***");
    assertThat(shown(ServerSetting.CORS_ORIGINS, "https://a.example"))
        .isEqualTo("https://a.example");
  }

  private static String shown(ServerSetting setting, String value) {
    return Settings.of(Map.of(setting.key(), value)).shown(setting);
  }

  private Optional<ClientCertificates> clients(Map<String, String> environment, String asked) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("STARLING_TLS_CLIENT_AUTH", asked);
    return config(all).transport().clientCertificates();
  }

  private CorsPolicy cors(Map<String, String> environment) {
    return config(environment).transport().cors();
  }

  private static SocketIoServerConfig config(Map<String, String> environment) {
    return Settings.of(Map.of(), environment).config().build();
  }

  private static List<String> faults(Map<?, ?> properties, Map<String, String> environment) {
    Settings settings = Settings.of(properties, environment);
    Throwable fault = catchThrowableOfType(IllegalArgumentException.class, settings::config);
    return String.valueOf(fault.getMessage()).lines().toList();
  }
}
