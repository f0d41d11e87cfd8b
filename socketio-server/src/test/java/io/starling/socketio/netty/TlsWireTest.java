package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static io.starling.socketio.netty.EchoServer.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.starling.engineio.EngineIoSession;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsWireTest {
  private static final TestCertificate FIRST = TestCertificate.make("EC");
  private static final TestCertificate SECOND = TestCertificate.make("RSA");

  private final Path folder;
  private final List<String> faults = new ArrayList<>();

  TlsWireTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void pollingWorksOverHttpsAndTheHandshakeIsSecure() {
    try (EchoServer server = server(pem(FIRST))) {
      assertThat(get(server, FIRST.clientContext(), "Origin", "https://localhost:" + port(server)))
          .isEqualTo(200);
      assertThat(server.sessions.values())
          .singleElement()
          .extracting(EngineIoSession::request)
          .satisfies(request -> assertThat(request.secure()).isTrue());
    }
  }

  @Test
  void aPageOfThePlainSchemeIsOfAnotherOrigin() {
    try (EchoServer server = server(pem(FIRST))) {
      assertThat(get(server, FIRST.clientContext(), "Origin", "http://localhost:" + port(server)))
          .isEqualTo(400);
    }
  }

  @Test
  void webSocketsWorkOverWssWithLargeMessages() throws InterruptedException {
    String large = "4" + "x".repeat(300_000);
    try (EchoServer server = server(keystore(SECOND))) {
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      WebSocket socket =
          client(SECOND.clientContext())
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("wss://localhost:" + port(server) + WEBSOCKET), collecting(received))
              .join();
      assertThat(received.poll(5, TimeUnit.SECONDS)).startsWith("0{");
      socket.sendText(large, true).join();
      assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo(large);
      socket.abort();
    }
  }

  @Test
  void aConnectionThatHadAResponseBecomesAWebSocket() throws IOException {
    try (EchoServer server = server(pem(FIRST));
        RawConnection socket = new RawConnection(socket(server, FIRST.clientContext()))) {
      assertThat(socket.get("/nobody/is/here").status()).isEqualTo(404);
      assertThat(socket.upgrade(WEBSOCKET).status()).isEqualTo(101);
      assertThat(socket.text()).startsWith("0");
      socket.sendText("4a");
      assertThat(socket.text()).isEqualTo("4a");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void currentVersionsOfTlsAreSpoken(String version) throws IOException {
    try (EchoServer server = server(pem(FIRST));
        SSLSocket socket = socket(server, FIRST.clientContext())) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  void oldVersionsOfTlsAreNot() throws IOException {
    try (EchoServer server = server(pem(FIRST));
        SSLSocket socket = socket(server, FIRST.clientContext())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.1"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aClientWithoutTlsIsHungUpOn() {
    try (EchoServer server = server(pem(FIRST));
        RawConnection connection = server.connect()) {
      connection.send("GET", POLLING, "");
      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void reloadingServesTheNewCertificateToNewConnections() throws IOException {
    try (EchoServer server = server(pem(FIRST))) {
      assertThat(served(server)).isEqualTo(FIRST.certificate());
      replace(SECOND, 1);
      server.netty.reloadCertificate();
      assertThat(served(server)).isEqualTo(SECOND.certificate());
    }
  }

  @Test
  void aBrokenFileLeavesTheOldCertificateAndSaysWhy() throws IOException {
    try (EchoServer server = server(pem(FIRST))) {
      Files.writeString(folder.resolve("key.pem"), "nonsense");
      assertThatThrownBy(server.netty::reloadCertificate)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "tls-key: %s (expected: a private key in PEM, PKCS#8, not encrypted)",
              folder.resolve("key.pem"));
      assertThat(served(server)).isEqualTo(FIRST.certificate());
    }
  }

  @Test
  void changedFilesAreNoticedAndAFaultIsReportedOnce() throws IOException {
    TlsContexts contexts =
        new TlsContexts(
            SocketIoServerConfig.builder().tls(pem(FIRST)).build().transport(),
            Runnable::run,
            faults::add);
    contexts.reloadIfChanged();
    SECOND.writeCertificate(folder.resolve("certificate.pem"));
    touch(1);
    contexts.reloadIfChanged();
    contexts.reloadIfChanged();
    assertThat(faults)
        .containsExactly(
            "tls-key: %s (expected: the key of the first certificate)"
                .formatted(folder.resolve("key.pem")));
    replace(SECOND, 2);
    contexts.reloadIfChanged();
    assertThat(faults).hasSize(1);
  }

  @Test
  void connectionsMakeTheServerLookAtItsFiles() throws IOException {
    try (EchoServer server = server(pem(FIRST))) {
      replace(SECOND, 1);
      await().until(() -> served(server).equals(SECOND.certificate()));
      assertThat(faults).isEmpty();
    }
  }

  @Test
  void aClientProvesWhoItIs() {
    try (EchoServer server = serverThatAsks(true)) {
      assertThat(get(server, SECOND.clientContext(FIRST.certificate()), "X-Any", "1"))
          .isEqualTo(200);
      assertThat(certificates(server)).containsExactly(SECOND.certificate());
    }
  }

  @Test
  void aClientWithoutACertificateIsTurnedAwayWhenOneIsRequired() {
    try (EchoServer server = serverThatAsks(true)) {
      assertThatThrownBy(() -> get(server, FIRST.clientContext(), "X-Any", "1"))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(server.sessions).isEmpty();
    }
  }

  @Test
  void aClientWithoutACertificateIsServedWhenOneIsWanted() {
    try (EchoServer server = serverThatAsks(false)) {
      assertThat(get(server, FIRST.clientContext(), "X-Any", "1")).isEqualTo(200);
      assertThat(certificates(server)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCertificateThatNobodyTrustedIssuedIsTurnedAway(boolean required) {
    try (EchoServer server = serverThatAsks(required)) {
      assertThatThrownBy(() -> get(server, FIRST.clientContext(FIRST.certificate()), "X-Any", "1"))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void authoritiesThatAreNoUseAreAFaultOfTheStart() {
    Path nothing = folder.resolve("nothing.pem");
    assertThatThrownBy(() -> serverThatAsks(new ClientCertificates(nothing, true)))
        .hasMessage("tls-client-ca: " + nothing + " (expected: certificates in PEM)");
  }

  @Test
  void filesThatAreNoUseAreFaultsOfTheStart() throws IOException {
    Path nothing = folder.resolve("nothing.pem");
    pem(FIRST);
    Path certificate = folder.resolve("certificate.pem");
    assertFault(
        new TlsConfig.Pem(nothing, folder.resolve("key.pem")),
        "tls-certificate: " + nothing + " (expected: certificates in PEM)");
    assertFault(
        new TlsConfig.Pem(certificate, certificate),
        "tls-key: " + certificate + " (expected: a private key in PEM, PKCS#8, not encrypted)");
    assertFault(
        new TlsConfig.Keystore(FIRST.keystore(), "wrong"),
        "tls-keystore: "
            + FIRST.keystore()
            + " (expected: a PKCS12 or JKS file with a private key, and its password)");
  }

  @Test
  void aPasswordIsNotShown() {
    assertThat(keystore(FIRST).toString()).doesNotContain(TestCertificate.PASSWORD);
  }

  private static void assertFault(TlsConfig config, String message) {
    assertThatThrownBy(() -> TlsIdentity.read(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  /** With the first certificate, for clients that have the second. */
  private EchoServer serverThatAsks(boolean required) {
    Path authorities = folder.resolve("authorities.pem");
    SECOND.writeCertificate(authorities);
    return serverThatAsks(new ClientCertificates(authorities, required));
  }

  private EchoServer serverThatAsks(ClientCertificates clients) {
    return new EchoServer(transport -> transport.tls(pem(FIRST)).clientCertificates(clients));
  }

  private static List<X509Certificate> certificates(EchoServer server) {
    return server.sessions.values().iterator().next().request().certificates();
  }

  private EchoServer server(TlsConfig config) {
    return new EchoServer(
        engine -> engine,
        transport -> transport.tls(config),
        netty -> netty.certificateFaults(faults::add));
  }

  private TlsConfig pem(TestCertificate certificate) {
    certificate.writeCertificate(folder.resolve("certificate.pem"));
    certificate.writeKey(folder.resolve("key.pem"));
    return new TlsConfig.Pem(folder.resolve("certificate.pem"), folder.resolve("key.pem"));
  }

  private static TlsConfig keystore(TestCertificate certificate) {
    return new TlsConfig.Keystore(certificate.keystore(), TestCertificate.PASSWORD);
  }

  private void replace(TestCertificate certificate, int age) throws IOException {
    pem(certificate);
    touch(age);
  }

  /** The clock of the file system may be coarse. */
  private void touch(int age) throws IOException {
    FileTime time = FileTime.from(Instant.EPOCH.plusSeconds(age));
    Files.setLastModifiedTime(folder.resolve("certificate.pem"), time);
    Files.setLastModifiedTime(folder.resolve("key.pem"), time);
  }

  private static Certificate served(EchoServer server) throws IOException {
    SSLContext both = TestCertificate.trusting(FIRST.certificate(), SECOND.certificate());
    try (SSLSocket socket = socket(server, both)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLSocket socket(EchoServer server, SSLContext context) throws IOException {
    return (SSLSocket)
        context
            .getSocketFactory()
            .createSocket(server.address.getAddress(), server.address.getPort());
  }

  private static int get(EchoServer server, SSLContext context, String... headers) {
    try {
      return client(context)
          .send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + port(server) + POLLING))
                  .headers(headers)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(context)
        .sslParameters(new SSLParameters())
        .build();
  }

  private static int port(EchoServer server) {
    return server.address.getPort();
  }

  private static WebSocket.Listener collecting(BlockingQueue<String> messages) {
    StringBuilder message = new StringBuilder();
    return new WebSocket.Listener() {
      @Override
      public @Nullable CompletionStage<?> onText(
          WebSocket socket, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
          messages.add(message.toString());
          message.setLength(0);
        }
        socket.request(1);
        return null;
      }
    };
  }
}
