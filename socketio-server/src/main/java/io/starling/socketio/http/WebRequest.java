package io.starling.socketio.http;

import io.starling.engineio.HandshakeRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP request that is wholly there. Immutable; for any thread. */
public final class WebRequest {
  private final String method;
  private final HandshakeRequest head;
  private final ByteBuffer body;

  /**
   * A request.
   *
   * @param method in upper case, such as {@code GET}
   * @param body not copied
   */
  public WebRequest(String method, HandshakeRequest head, byte[] body) {
    this.method = method;
    this.head = head;
    this.body = ByteBuffer.wrap(body).asReadOnlyBuffer();
  }

  /** As the client wrote it; methods of HTTP are in upper case. */
  public String method() {
    return method;
  }

  /** Decoded, without the query. It may hold {@code ..}: check it before files are looked up. */
  public String path() {
    return head.path();
  }

  /** The query parameters, decoded, in order of appearance. */
  public Map<String, List<String>> query() {
    return head.query();
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    return head.parameter(name);
  }

  /** The header fields; look-up ignores case. */
  public Map<String, List<String>> headers() {
    return head.headers();
  }

  /** The first value of a header field, or null. */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  /** The client, or the one that a trusted proxy names. */
  public InetSocketAddress address() {
    return head.remoteAddress();
  }

  /** Whether the client, or a trusted proxy for it, uses TLS. */
  public boolean secure() {
    return head.secure();
  }

  /** Those of the TLS peer, its own first; empty when it was not asked for any or had none. */
  public List<X509Certificate> certificates() {
    return head.certificates();
  }

  /** The body, read-only, with a position of the caller's own. */
  public ByteBuffer body() {
    return body.duplicate();
  }

  /** The body as UTF-8. */
  public String text() {
    return StandardCharsets.UTF_8.decode(body()).toString();
  }
}
