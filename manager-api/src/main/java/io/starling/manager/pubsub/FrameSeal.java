package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The optional signature of frames (docs/bus-protocol.md, "Signature"): HMAC-SHA256 with the first
 * of the secrets; any of them is accepted. Safe for any thread.
 */
final class FrameSeal {
  /** Signs nothing, and accepts nothing that is signed. */
  static final FrameSeal NONE = new FrameSeal(List.of());

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 32;
  private static final byte[] KEY_ID_TEXT = "starling key id".getBytes(StandardCharsets.US_ASCII);

  private final List<Key> keys;

  private record Key(byte id, SecretKeySpec secret) {}

  private FrameSeal(List<Key> keys) {
    this.keys = keys;
  }

  /** For these secrets; none means no signatures. */
  static FrameSeal of(List<String> secrets) {
    return secrets.isEmpty() ? NONE : new FrameSeal(secrets.stream().map(FrameSeal::key).toList());
  }

  private static Key key(String secret) {
    SecretKeySpec spec = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    return new Key(mac(spec, ByteBuffer.wrap(KEY_ID_TEXT))[0], spec);
  }

  boolean signs() {
    return !keys.isEmpty();
  }

  /** How long {@link #sign} is. */
  int bytes() {
    return signs() ? 1 + MAC_BYTES : 0;
  }

  /** The key's id and the signature over these parts. */
  byte[] sign(ByteBuffer... parts) {
    byte[] signature = new byte[bytes()];
    Key key = keys.get(0);
    signature[0] = key.id();
    System.arraycopy(mac(key.secret(), parts), 0, signature, 1, MAC_BYTES);
    return signature;
  }

  /** Whether one of the keys made this signature over these parts. */
  boolean accepts(ByteBuffer signature, ByteBuffer... parts) {
    byte id = signature.get(signature.position());
    byte[] given = new byte[MAC_BYTES];
    signature.get(signature.position() + 1, given);
    boolean accepted = false;
    for (Key key : keys) {
      accepted |= key.id() == id && MessageDigest.isEqual(mac(key.secret(), parts), given);
    }
    return accepted;
  }

  private static byte[] mac(SecretKeySpec secret, ByteBuffer... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      for (ByteBuffer part : parts) {
        mac.update(part.duplicate());
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + ": " + e.getMessage(), e);
    }
  }
}
