package io.starling.socketio.settings;

import static io.starling.socketio.settings.ServerSetting.COOKIE;
import static io.starling.socketio.settings.ServerSetting.COOKIE_HTTP_ONLY;
import static io.starling.socketio.settings.ServerSetting.COOKIE_PATH;
import static io.starling.socketio.settings.ServerSetting.COOKIE_SAME_SITE;
import static io.starling.socketio.settings.ServerSetting.COOKIE_SECURE;
import static io.starling.socketio.settings.ServerSetting.CORS_CREDENTIALS;
import static io.starling.socketio.settings.ServerSetting.CORS_ORIGINS;
import static io.starling.socketio.settings.ServerSetting.STATIC;
import static io.starling.socketio.settings.ServerSetting.TLS_CERTIFICATE;
import static io.starling.socketio.settings.ServerSetting.TLS_CLIENT_AUTH;
import static io.starling.socketio.settings.ServerSetting.TLS_CLIENT_CA;
import static io.starling.socketio.settings.ServerSetting.TLS_KEY;
import static io.starling.socketio.settings.ServerSetting.TLS_KEYSTORE;
import static io.starling.socketio.settings.ServerSetting.TLS_KEYSTORE_PASSWORD;
import static io.starling.socketio.settings.ServerSetting.TLS_KEYSTORE_PASSWORD_FILE;
import static io.starling.socketio.settings.SettingType.FILE;
import static io.starling.socketio.settings.SettingType.FLAG;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.SessionCookie.SameSite;
import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The setters of settings that make one object together. */
final class SettingGroups {
  static final SettingType<List<String>> ORIGINS =
      SettingType.list("ORIGIN,...", "values between commas");
  static final SettingType<SameSite> SAME_SITE = SettingType.choice(SameSite.class);
  static final SettingType<String> CLIENT_AUTH =
      SettingType.matching("none|want|need", "none, want or need", "none|want|need");

  private SettingGroups() {}

  static void cors(SettingsParser given) {
    boolean credentials = given.valueOrDefault(CORS_CREDENTIALS, FLAG);
    given
        .value(CORS_ORIGINS, ORIGINS)
        .map(list -> list.equals(List.of("off")) ? CorsPolicy.off() : CorsPolicy.of(list))
        .map(policy -> credentials ? policy.withCredentials() : policy)
        .ifPresent(given.config()::cors);
  }

  static void cookie(SettingsParser given) {
    String path = given.text(COOKIE_PATH).orElse(COOKIE_PATH.standard());
    boolean httpOnly = given.valueOrDefault(COOKIE_HTTP_ONLY, FLAG);
    boolean secure = given.valueOrDefault(COOKIE_SECURE, FLAG);
    SameSite sameSite = given.valueOrDefault(COOKIE_SAME_SITE, SAME_SITE);
    given
        .text(COOKIE)
        .map(name -> new SessionCookie(name, path, httpOnly, secure, sameSite))
        .ifPresent(given.config()::cookie);
  }

  static void tls(SettingsParser given) {
    Optional<Path> certificate = given.value(TLS_CERTIFICATE, FILE);
    Optional<Path> key = given.value(TLS_KEY, FILE);
    Optional<Path> keystore = given.value(TLS_KEYSTORE, FILE);
    boolean pem = given.has(TLS_CERTIFICATE) || given.has(TLS_KEY);
    if (pem && given.has(TLS_KEYSTORE)) {
      throw new IllegalArgumentException(
          "tls-keystore: given (expected: either it or tls-certificate and tls-key)");
    } else if (given.has(TLS_CERTIFICATE) != given.has(TLS_KEY)) {
      throw new IllegalArgumentException(
          "tls-key: alone (expected: tls-certificate and tls-key together)");
    } else if (certificate.isPresent() && key.isPresent()) {
      given.config().tls(new TlsConfig.Pem(certificate.get(), key.get()));
    }
    keystore.ifPresent(
        file -> given.config().tls(new TlsConfig.Keystore(file, keystorePassword(given))));
  }

  /** The password; no fault contains it. */
  private static String keystorePassword(SettingsParser given) {
    Optional<Path> file = given.value(TLS_KEYSTORE_PASSWORD_FILE, FILE);
    try {
      return file.isPresent()
          ? Files.readString(file.get()).strip()
          : given.text(TLS_KEYSTORE_PASSWORD).orElse("");
    } catch (IOException e) {
      throw TLS_KEYSTORE_PASSWORD_FILE.fault(file.orElseThrow().toString(), "a readable file");
    }
  }

  /** Sets which certificates clients may or must have. */
  static void clientCertificates(SettingsParser given) {
    String asked = given.valueOrDefault(TLS_CLIENT_AUTH, CLIENT_AUTH);
    Optional<Path> authorities = given.value(TLS_CLIENT_CA, FILE);
    if (asked.equals("none")) {
      return;
    } else if (!given.has(TLS_CLIENT_CA)) {
      throw TLS_CLIENT_AUTH.fault(asked, "tls-client-ca beside it");
    } else if (!given.has(TLS_CERTIFICATE) && !given.has(TLS_KEYSTORE)) {
      throw TLS_CLIENT_AUTH.fault(asked, "tls-certificate or tls-keystore beside it");
    }
    authorities
        .map(file -> new ClientCertificates(file, asked.equals("need")))
        .ifPresent(given.config()::clientCertificates);
  }

  static void staticFiles(SocketIoServerConfig.Builder config, String mapping) {
    String[] parts = mapping.split("=", 2);
    try {
      config.staticFiles(parts[0], FILE.parser().apply(parts[1]));
    } catch (IllegalArgumentException e) {
      throw STATIC.fault(parts[1], FILE.expected());
    }
  }

  static void staticType(SocketIoServerConfig.Builder config, String mapping) {
    String[] parts = mapping.split("=", 2);
    config.staticType(parts[0], parts[1]);
  }
}
