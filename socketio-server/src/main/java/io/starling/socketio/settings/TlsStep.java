package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Reads the settings of certificates. No fault contains the password. */
final class TlsStep {
  private static final Set<String> CLIENT_AUTH = Set.of("none", "want", "need");

  private TlsStep() {}

  static void apply(Values values, SocketIoServerConfig.Builder config) {
    Optional<Path> certificate = values.file(Setting.TLS_CERTIFICATE);
    Optional<Path> key = values.file(Setting.TLS_KEY);
    Optional<Path> keystore = values.file(Setting.TLS_KEYSTORE);
    boolean pem = values.given(Setting.TLS_CERTIFICATE) || values.given(Setting.TLS_KEY);
    if (pem && values.given(Setting.TLS_KEYSTORE)) {
      values
          .faults()
          .add("tls-keystore: given (expected: either it or tls-certificate and tls-key)");
    } else if (values.given(Setting.TLS_CERTIFICATE) != values.given(Setting.TLS_KEY)) {
      values.faults().add("tls-key: alone (expected: tls-certificate and tls-key together)");
    } else if (certificate.isPresent() && key.isPresent()) {
      TlsConfig pair = new TlsConfig.Pem(certificate.get(), key.get());
      config.transport(transport -> transport.tls(pair));
    } else if (keystore.isPresent()) {
      TlsConfig store = new TlsConfig.Keystore(keystore.get(), password(values));
      config.transport(transport -> transport.tls(store));
    }
  }

  /** Sets which certificates clients may or must have. */
  static void clients(Values values, SocketIoServerConfig.Builder config) {
    String asked =
        values
            .parsed(
                Setting.TLS_CLIENT_AUTH,
                "none, want or need",
                text -> Optional.of(text).filter(CLIENT_AUTH::contains))
            .orElse("none");
    Optional<Path> authorities = values.file(Setting.TLS_CLIENT_CA);
    if (asked.equals("none")) {
      return;
    }
    if (!values.given(Setting.TLS_CLIENT_CA)) {
      values.faults().add(Setting.TLS_CLIENT_AUTH, asked, "tls-client-ca beside it");
    } else if (!values.given(Setting.TLS_CERTIFICATE) && !values.given(Setting.TLS_KEYSTORE)) {
      values
          .faults()
          .add(Setting.TLS_CLIENT_AUTH, asked, "tls-certificate or tls-keystore beside it");
    } else {
      authorities
          .map(file -> new ClientCertificates(file, asked.equals("need")))
          .ifPresent(
              clients -> config.transport(transport -> transport.clientCertificates(clients)));
    }
  }

  private static String password(Values values) {
    Optional<Path> file = values.file(Setting.TLS_KEYSTORE_PASSWORD_FILE);
    if (file.isPresent()) {
      try {
        return Files.readString(file.get()).strip();
      } catch (IOException e) {
        values
            .faults()
            .add(Setting.TLS_KEYSTORE_PASSWORD_FILE, file.get().toString(), "a readable file");
      }
    }
    return values.text(Setting.TLS_KEYSTORE_PASSWORD).orElse("");
  }
}
