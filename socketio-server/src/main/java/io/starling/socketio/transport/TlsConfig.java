package io.starling.socketio.transport;

import java.nio.file.Path;
import java.util.List;

/**
 * The files with the TLS certificate and the private key of a server. The server reads them when it
 * starts. Later, when a client connects, the server looks whether the files have changed and, if
 * so, reads them again. The connection does not wait for this. If the changed files are unusable,
 * the old certificate stays in use.
 */
public sealed interface TlsConfig {
  /** All files that the server reads. */
  List<Path> files();

  /**
   * A certificate and a private key in PEM files.
   *
   * @param certificates a file with the server's certificate, followed by the certificates of its
   *     issuers
   * @param key a file with the private key in PKCS#8, not encrypted
   */
  record Pem(Path certificates, Path key) implements TlsConfig {
    @Override
    public List<Path> files() {
      return List.of(certificates, key);
    }
  }

  /**
   * A keystore of type PKCS12 or JKS. The server uses its first private key.
   *
   * @param password the password of both the file and the key; {@link #toString} does not show it
   */
  record Keystore(Path file, String password) implements TlsConfig {
    @Override
    public List<Path> files() {
      return List.of(file);
    }

    @Override
    public String toString() {
      return "Keystore[file=" + file + "]";
    }
  }
}
