package io.starling.manager.kafka;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.UrlParameters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * Translates the scheme, the credentials and the TLS parameters of a URL into properties of Kafka's
 * clients.
 */
final class KafkaSecurity {
  /** The scheme for connections with TLS. */
  static final String TLS = "kafkas";

  static final String VERIFY = "verify";
  static final String CA = "ca";

  private static final String PLAIN = "PLAIN";
  private static final String LOGIN = "org.apache.kafka.common.security.%s required";
  private static final Map<String, String> LOGIN_MODULES =
      Map.of(
          PLAIN,
          "plain.PlainLoginModule",
          "SCRAM-SHA-256",
          "scram.ScramLoginModule",
          "SCRAM-SHA-512",
          "scram.ScramLoginModule");

  private final BackendUrl url;
  private final UrlParameters given;
  private final Map<String, Object> properties;

  private KafkaSecurity(BackendUrl url, UrlParameters given, Map<String, Object> properties) {
    this.url = url;
    this.given = given;
    this.properties = properties;
  }

  /**
   * Adds the properties that the URL stands for. A property that the URL sets itself as well is a
   * fault.
   *
   * @param properties those that the URL sets itself
   */
  static void add(BackendUrl url, UrlParameters given, Map<String, Object> properties) {
    new KafkaSecurity(url, given, properties).add();
  }

  private void add() {
    boolean tls = url.scheme().equals(TLS);
    boolean credentials = url.user() != null || url.password() != null;
    if (tls) {
      tls();
    } else {
      for (String name : Set.of(CA, VERIFY)) {
        if (given.text(name) != null) {
          given.fault(name + ": not here (expected: with " + TLS + "://)");
        }
      }
    }
    if (credentials) {
      credentials();
    }
    if (tls || credentials) {
      put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol(tls, credentials).name);
    }
  }

  private SecurityProtocol protocol(boolean tls, boolean credentials) {
    if (credentials || properties.containsKey(SaslConfigs.SASL_MECHANISM)) {
      return tls ? SecurityProtocol.SASL_SSL : SecurityProtocol.SASL_PLAINTEXT;
    }
    if (properties.keySet().stream().anyMatch(name -> name.startsWith("sasl."))) {
      given.fault("kafka.sasl.mechanism: missing (expected: with every other kafka.sasl property)");
    }
    return SecurityProtocol.SSL;
  }

  private void tls() {
    String verify = given.verify();
    if (verify.equals("none")) {
      refuseWhatNobodyReads();
      put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TrustAnybody.class);
      return;
    }
    String ca = given.text(CA);
    if (ca != null) {
      if (!hasCertificates(ca)) {
        given.fault(CA + ": " + ca + " (expected: a file with certificates in PEM)");
      }
      put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, ca);
    }
    if (verify.equals("ca")) {
      put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "");
    }
  }

  /** {@link TrustAnybody} trusts every broker and has no certificate of its own to show. */
  private void refuseWhatNobodyReads() {
    Stream.concat(
            Stream.of(CA).filter(name -> given.text(name) != null),
            properties.keySet().stream()
                .filter(name -> name.startsWith("ssl."))
                .map(name -> "kafka." + name))
        .sorted()
        .forEach(name -> given.fault(name + ": not here (expected: without verify=none)"));
  }

  private static boolean hasCertificates(String file) {
    try (InputStream bytes = Files.newInputStream(Path.of(file))) {
      byte[] text = bytes.readAllBytes();
      return new String(text, StandardCharsets.US_ASCII).contains("-----BEGIN CERTIFICATE-----")
          && !CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text))
              .isEmpty();
    } catch (IOException | CertificateException | InvalidPathException e) {
      return false;
    }
  }

  private void credentials() {
    String user = url.user();
    String password = url.password();
    if (user == null || password == null) {
      given.fault(
          "url: no " + (user == null ? "user" : "password") + " (expected: user:password@)");
      return;
    }
    String mechanism =
        properties.computeIfAbsent(SaslConfigs.SASL_MECHANISM, name -> PLAIN).toString();
    String module = LOGIN_MODULES.get(mechanism);
    if (module == null) {
      given.fault(
          "kafka.sasl.mechanism: "
              + mechanism
              + " (expected: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 with user:password@)");
      return;
    }
    put(
        SaslConfigs.SASL_JAAS_CONFIG,
        LOGIN.formatted(module)
            + " username="
            + quoted(user)
            + " password="
            + quoted(password)
            + ";");
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
        + '"';
  }

  private void put(String name, Object value) {
    if (properties.putIfAbsent(name, value) != null) {
      given.fault(
          "kafka." + name + ": not here (expected: without " + TLS + ":// and user:password@)");
    }
  }

  /**
   * Accepts every certificate of a broker, for {@code verify=none}. Kafka's clients create it by
   * reflection, so it must be public.
   */
  public static final class TrustAnybody implements SslEngineFactory {
    private final SSLContext context;

    /** Creates the factory. */
    public TrustAnybody() {
      try {
        context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("no TLS in this JVM", e);
      }
    }

    private static final class Anybody implements X509TrustManager {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType) {}

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType) {}

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    }

    @Override
    public SSLEngine createClientSslEngine(
        String peerHost, int peerPort, String endpointIdentification) {
      SSLEngine engine = context.createSSLEngine(peerHost, peerPort);
      engine.setUseClientMode(true);
      return engine;
    }

    /** Not supported, because no client asks for it. */
    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
      throw new UnsupportedOperationException("server: not here (expected: a client)");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
      return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
      return Set.of();
    }

    @Override
    public @Nullable KeyStore keystore() {
      return null;
    }

    @Override
    public @Nullable KeyStore truststore() {
      return null;
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
  }
}
