package io.starling.socketio.netty;

import io.starling.socketio.transport.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a server in TLS: a private key and the certificates for it. The methods that read
 * files block. Netty reads files in PEM, too, but no keys of Ed25519, and it does not check that
 * the key belongs to the certificate.
 */
record TlsIdentity(PrivateKey key, List<X509Certificate> certificates) {
  private static final Pattern PEM_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  /** For each algorithm of a key, a signature algorithm that every Java platform supports. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  /**
   * Reads the files and checks that the key belongs to the first certificate.
   *
   * @throws IllegalArgumentException naming the file at fault
   */
  static TlsIdentity read(TlsConfig config) {
    TlsIdentity identity;
    if (config instanceof TlsConfig.Pem pem) {
      identity =
          new TlsIdentity(pemKey(pem.key()), certificates("tls-certificate", pem.certificates()));
    } else if (config instanceof TlsConfig.Keystore keystore) {
      identity = keystore(keystore);
    } else {
      throw new IllegalStateException("tls: " + config + " (expected: a known kind)");
    }
    if (!identity.matches()) {
      Path file = config.files().get(config.files().size() - 1);
      throw fault("tls-key", file, "the key of the first certificate", null);
    }
    return identity;
  }

  /**
   * Reads the certificates of a file in PEM.
   *
   * @param setting the setting that names the file, for the message of the exception
   * @throws IllegalArgumentException if the file holds no certificates
   */
  static List<X509Certificate> certificates(String setting, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw fault(setting, file, "certificates in PEM", e);
    }
    throw fault(setting, file, "certificates in PEM", null);
  }

  private static PrivateKey pemKey(Path file) {
    String expected = "a private key in PEM, PKCS#8, not encrypted";
    try {
      Matcher matcher = PEM_KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
      if (matcher.find()) {
        byte[] encoded = Base64.getMimeDecoder().decode(matcher.group(1));
        for (String algorithm : SIGNATURES.keySet()) {
          try {
            return KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(encoded));
          } catch (InvalidKeySpecException e) {
            // The key may be one of another algorithm, which is tried next.
          }
        }
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw fault("tls-key", file, expected, e);
    }
    throw fault("tls-key", file, expected, null);
  }

  private static TlsIdentity keystore(TlsConfig.Keystore config) {
    char[] password = config.password().toCharArray();
    String expected = "a PKCS12 or JKS file with a private key, and its password";
    try {
      KeyStore store = KeyStore.getInstance(config.file().toFile(), password);
      for (String alias : Collections.list(store.aliases())) {
        if (store.getKey(alias, password) instanceof PrivateKey key) {
          List<X509Certificate> certificates =
              List.of(store.getCertificateChain(alias)).stream()
                  .map(X509Certificate.class::cast)
                  .toList();
          return new TlsIdentity(key, certificates);
        }
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw fault("tls-keystore", config.file(), expected, e);
    }
    throw fault("tls-keystore", config.file(), expected, null);
  }

  /**
   * Whether the key belongs to the first certificate. While the files are replaced one by one, the
   * new certificate may be read together with the old key.
   */
  private boolean matches() {
    byte[] sample = {1, 2, 3};
    try {
      String algorithm = SIGNATURES.getOrDefault(key.getAlgorithm(), key.getAlgorithm());
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certificates.get(0).getPublicKey());
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static IllegalArgumentException fault(
      String setting, Path file, String expected, @Nullable Exception cause) {
    return new IllegalArgumentException(
        setting + ": " + file + " (expected: " + expected + ")", cause);
  }
}
