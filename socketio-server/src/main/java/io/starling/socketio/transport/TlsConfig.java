package io.starling.socketio.transport;

import java.nio.file.Path;
import java.util.List;

/**
 * Where certificate and private key of a server are. The files are read at the start, and again
 * when they have changed.
 */
public sealed interface TlsConfig {
  /** The files to read. */
  List<Path> files();

  /**
   * Files in PEM.
   *
   * @param certificates the server's certificate, then those that issued it
   * @param key its private key, PKCS#8, not encrypted
   */
  record Pem(Path certificates, Path key) implements TlsConfig {
    @Override
    public List<Path> files() {
      return List.of(certificates, key);
    }
  }

  /**
   * A keystore, PKCS12 or JKS, whose first private key counts.
   *
   * @param password of the file and of the key; never shown
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
