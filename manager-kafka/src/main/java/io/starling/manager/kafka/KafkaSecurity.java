package io.starling.manager.kafka;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.UrlParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SecurityProtocol;

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
    Map<String, Object> ours = new HashMap<>();
    if (tls) {
      tls(ours);
    } else {
      for (String name : Set.of(CA, VERIFY)) {
        if (given.text(name) != null) {
          given.fault(name + ": not here (expected: with " + TLS + "://)");
        }
      }
    }
    if (credentials) {
      credentials(ours);
    }
    if (tls || credentials) {
      ours.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol(tls, credentials).name);
    }
    ours.forEach(this::put);
  }

  private SecurityProtocol protocol(boolean tls, boolean credentials) {
    boolean sasl = credentials || properties.containsKey(SaslConfigs.SASL_MECHANISM);
    if (sasl) {
      return tls ? SecurityProtocol.SASL_SSL : SecurityProtocol.SASL_PLAINTEXT;
    }
    return SecurityProtocol.SSL;
  }

  private void tls(Map<String, Object> ours) {
    String ca = given.text(CA);
    if (ca != null) {
      if (!Files.isRegularFile(Path.of(ca))) {
        given.fault(CA + ": " + ca + " (expected: a file with certificates in PEM)");
      }
      ours.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      ours.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, ca);
    }
    switch (given.verify()) {
      case "ca" -> ours.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "");
      case "none" -> ours.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TrustAnybody.class);
      default -> {}
    }
  }

  private void credentials(Map<String, Object> ours) {
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
    ours.put(
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
}
