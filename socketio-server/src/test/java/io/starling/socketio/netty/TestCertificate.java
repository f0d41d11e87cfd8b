package io.starling.socketio.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A key and the certificate that it signed itself, made by the tool of the JDK. */
record TestCertificate(Path keystore, PrivateKey key, X509Certificate certificate) {
  static final String PASSWORD = "opensesame";

  static TestCertificate make(String algorithm) {
    Path keystore = newFile();
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            algorithm,
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            keystore.toString(),
            "-storepass",
            PASSWORD);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        throw new AssertionError("keytool: " + process.exitValue() + " (expected: 0)");
      }
      KeyStore store = KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray());
      return new TestCertificate(
          keystore,
          (PrivateKey) store.getKey("server", PASSWORD.toCharArray()),
          (X509Certificate) Objects.requireNonNull(store.getCertificate("server")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path newFile() {
    try {
      Path folder = Files.createTempDirectory("certificate");
      Path file = folder.resolve("server.p12");
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void writeCertificate(Path file) {
    try {
      write(file, "CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  void writeKey(Path file) {
    write(file, "PRIVATE KEY", key.getEncoded());
  }

  /** For a client that trusts this certificate only. */
  SSLContext clientContext() {
    return trusting(certificate);
  }

  /** For a client that has this certificate and trusts another. */
  SSLContext clientContext(Certificate trusted) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      KeyStore store = KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray());
      keys.init(store, PASSWORD.toCharArray());
      return context(keys.getKeyManagers(), trusted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SSLContext trusting(Certificate... certificates) {
    return context(null, certificates);
  }

  private static SSLContext context(KeyManager @Nullable [] keys, Certificate... certificates) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (int i = 0; i < certificates.length; i++) {
        trusted.setCertificateEntry("trusted" + i, certificates[i]);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String label, byte[] content) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    try {
      Files.writeString(
          file,
          "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n",
          US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
