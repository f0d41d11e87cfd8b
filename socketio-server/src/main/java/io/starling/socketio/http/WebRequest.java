package io.starling.socketio.http;

import io.starling.engineio.HandshakeRequest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP request for the application, with its complete body. Immutable; for any thread. */
public final class WebRequest {
  private final String method;
  private final HandshakeRequest head;
  private final ByteBuffer body;

  /**
   * A request.
   *
   * @param method the method, such as {@code GET}
   * @param head the request without method and body
   * @param body the body; it is not copied and must not change afterwards
   */
  public WebRequest(String method, HandshakeRequest head, byte[] body) {
    this.method = method;
    this.head = head;
    this.body = ByteBuffer.wrap(body).asReadOnlyBuffer();
  }

  /**
   * The method as the client wrote it. The methods of HTTP, such as {@code GET}, are upper case.
   */
  public String method() {
    return method;
  }

  /**
   * The path, percent-decoded and without the query. It may contain {@code ..}, so check it before
   * you use it to find a file.
   */
  public String path() {
    return head.path();
  }

  /** The query parameters, percent-decoded, in order of appearance. Immutable. */
  public Map<String, List<String>> query() {
    return head.query();
  }

  /** The first value of a query parameter, or null if the request has none of this name. */
  public @Nullable String parameter(String name) {
    return head.parameter(name);
  }

  /** The header fields. Look-up ignores the case of names. Immutable. */
  public Map<String, List<String>> headers() {
    return head.headers();
  }

  /** The first value of a header field, or null if there is none. The name's case is ignored. */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  /**
   * The address of the client: that of the connection's peer or, if the peer is a trusted proxy,
   * the one that the proxy names.
   */
  public InetSocketAddress address() {
    return head.remoteAddress();
  }

  /** Whether the client uses TLS, as far as the server or a trusted proxy can tell. */
  public boolean secure() {
    return head.secure();
  }

  /**
   * The verified certificate chain of the TLS peer, its own certificate first. Empty if the server
   * asked for none or the peer has none.
   */
  public List<X509Certificate> certificates() {
    return head.certificates();
  }

  /** The body, read-only. Each call returns a new view with its own position. */
  public ByteBuffer body() {
    return body.duplicate();
  }

  /** The body decoded as UTF-8. Malformed bytes become U+FFFD. */
  public String text() {
    return StandardCharsets.UTF_8.decode(body()).toString();
  }
}
