package io.starling.socketio.cli;

import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Where the certificate is. The password appears in no fault. */
final class TlsSettings {
  private static final Set<String> CLIENT_AUTH = Set.of("none", "want", "need");

  private final Settings settings;
  private final Faults faults;

  TlsSettings(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  Optional<TlsConfig> read() {
    Optional<Path> certificate = file(Setting.TLS_CERTIFICATE);
    Optional<Path> key = file(Setting.TLS_KEY);
    Optional<Path> keystore = file(Setting.TLS_KEYSTORE);
    boolean pem = given(Setting.TLS_CERTIFICATE) || given(Setting.TLS_KEY);
    if (pem && given(Setting.TLS_KEYSTORE)) {
      faults.add("tls-keystore: given (expected: either it or tls-certificate and tls-key)");
    } else if (given(Setting.TLS_CERTIFICATE) != given(Setting.TLS_KEY)) {
      faults.add("tls-key: alone (expected: tls-certificate and tls-key together)");
    } else if (certificate.isPresent() && key.isPresent()) {
      return Optional.of(new TlsConfig.Pem(certificate.get(), key.get()));
    } else if (keystore.isPresent()) {
      String password = password();
      return Optional.of(new TlsConfig.Keystore(keystore.get(), password));
    }
    return Optional.empty();
  }

  /** Which clients need what certificate. */
  Optional<ClientCertificates> clients() {
    String asked =
        settings
            .parsed(
                Setting.TLS_CLIENT_AUTH,
                "none, want or need",
                text -> Optional.of(text).filter(CLIENT_AUTH::contains))
            .orElse("none");
    Optional<Path> authorities = file(Setting.TLS_CLIENT_CA);
    if (asked.equals("none")) {
      return Optional.empty();
    } else if (!given(Setting.TLS_CLIENT_CA)) {
      faults.add(Setting.TLS_CLIENT_AUTH, asked, "tls-client-ca beside it");
    } else if (!given(Setting.TLS_CERTIFICATE) && !given(Setting.TLS_KEYSTORE)) {
      faults.add(Setting.TLS_CLIENT_AUTH, asked, "tls-certificate or tls-keystore beside it");
      return Optional.empty();
    }
    return authorities.map(file -> new ClientCertificates(file, asked.equals("need")));
  }

  private String password() {
    Optional<Path> file = file(Setting.TLS_KEYSTORE_PASSWORD_FILE);
    if (file.isPresent()) {
      try {
        return Files.readString(file.get()).strip();
      } catch (IOException e) {
        faults.add(Setting.TLS_KEYSTORE_PASSWORD_FILE, file.get().toString(), "a readable file");
      }
    }
    return settings.text(Setting.TLS_KEYSTORE_PASSWORD).orElse("");
  }

  private boolean given(Setting setting) {
    return settings.text(setting).isPresent();
  }

  private Optional<Path> file(Setting setting) {
    return settings.text(setting).flatMap(text -> settings.existing(setting, text));
  }
}
