package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The optional signature of frames: HMAC-SHA256 with a secret that all hosts and emitters share
 * (docs/bus-protocol.md, "Signature"). Frames are signed with the first secret; a signature by any
 * of the secrets is accepted. Safe for any thread.
 */
final class FrameSeal {
  /** A seal without secrets: it signs no frames, and frames with a signature are dropped. */
  static final FrameSeal NONE = new FrameSeal(List.of());

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 32;
  private static final byte[] KEY_ID_TEXT = "starling key id".getBytes(StandardCharsets.US_ASCII);

  private final List<Key> keys;

  /** A secret and the byte that names it in signed frames. */
  private record Key(byte id, SecretKeySpec secret) {}

  private FrameSeal(List<Key> keys) {
    this.keys = keys;
  }

  /** Makes the seal for these secrets. An empty list turns signatures off. */
  static FrameSeal of(List<String> secrets) {
    return secrets.isEmpty() ? NONE : new FrameSeal(secrets.stream().map(FrameSeal::key).toList());
  }

  private static Key key(String secret) {
    SecretKeySpec spec = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    return new Key(mac(spec, ByteBuffer.wrap(KEY_ID_TEXT))[0], spec);
  }

  /** Whether frames carry a signature. */
  boolean signs() {
    return !keys.isEmpty();
  }

  /** The size of key id and signature together, in bytes; 0 without secrets. */
  int bytes() {
    return signs() ? 1 + MAC_BYTES : 0;
  }

  /**
   * Signs the given parts of a frame. Returns the byte that names the key, then 32 bytes of HMAC.
   */
  byte[] sign(ByteBuffer... parts) {
    byte[] signature = new byte[bytes()];
    Key key = keys.get(0);
    signature[0] = key.id();
    System.arraycopy(mac(key.secret(), parts), 0, signature, 1, MAC_BYTES);
    return signature;
  }

  /**
   * Whether the signature over these parts was made with one of the secrets. The HMACs are compared
   * in constant time.
   *
   * @param signature key id and HMAC, {@link #bytes()} long
   */
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
