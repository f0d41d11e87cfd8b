package io.starling.integration.tls;

import static io.starling.integration.contract.Payloads.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.contract.FakeSocket;
import io.starling.integration.contract.TestHost;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A broker with TLS whose certificate is for {@code localhost} and signed by itself. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrokerTlsScenarios {
  /**
   * A broker that serves TLS.
   *
   * @param address what comes behind the host in its URL: port and path
   */
  record TlsBroker(KillableBroker broker, String scheme, String address) {
    String url(String host, String parameters) {
      return scheme + "://" + host + address + parameters;
    }
  }

  final X509Bundle certificate = certificate();
  private @Nullable TlsBroker running;

  /** Starts one with this certificate and its key, both in PEM. */
  abstract TlsBroker startBroker(File certificateFile, File keyFile);

  @AfterAll
  void endBroker() {
    if (running != null) {
      running.broker().close();
    }
  }

  @Test
  void aBrokerWhoseCertificateIsTrustedCarriesTheCluster() throws Exception {
    String url = broker().url("localhost", "?ca=" + certificate.toTempRootCertPem());
    try (TestHost a = TestHost.start(ClientManagerFactory.create(url));
        TestHost b = TestHost.start(ClientManagerFactory.create(url))) {
      FakeSocket onB = b.connect("on-b");
      a.perform(new Operation.Emit(Recipients.ALL, json("[\"over TLS\"]")));
      await().atMost(Duration.ofSeconds(20)).until(() -> onB.count() == 1);
      assertThat(onB.received()).containsExactly("[\"over TLS\"]");
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    assertRefused(broker().url("localhost", ""));
  }

  @Test
  void aTrustedCertificateForAnotherHostIsRefusedUnlessTheHostIsNotChecked() throws Exception {
    String ca = "?ca=" + certificate.toTempRootCertPem();
    assertRefused(broker().url("127.0.0.1", ca));
    assertTaken(broker().url("127.0.0.1", ca + "&verify=ca"));
  }

  @Test
  void anyCertificateIsTakenWhereNothingIsChecked() {
    assertTaken(broker().url("127.0.0.1", "?verify=none"));
  }

  static void assertRefused(String url) {
    assertThatThrownBy(() -> TestHost.start(ClientManagerFactory.create(url)))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(BackendUnavailableException.class)
        .message()
        .doesNotContain("guest:guest", "\n");
  }

  static void assertTaken(String url) {
    TestHost.start(ClientManagerFactory.create(url)).close();
  }

  /** Started by the first test, where a missing tool can be skipped. */
  private TlsBroker broker() {
    if (running == null) {
      try {
        running = startBroker(certificate.toTempCertChainPem(), certificate.toTempPrivateKeyPem());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return requireNonNull(running);
  }

  private static X509Bundle certificate() {
    try {
      return new CertificateBuilder()
          .subject("CN=localhost")
          .addSanDnsName("localhost")
          .setIsCertificateAuthority(true)
          .rsa2048()
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
