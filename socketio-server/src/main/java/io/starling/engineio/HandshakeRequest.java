package io.starling.engineio;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request, such as one that opens a session. Immutable.
 *
 * @param path the path as requested, percent-decoded, without the query
 * @param query the query parameters, percent-decoded, in order of appearance
 * @param headers the header fields; look-up ignores the case of names
 * @param remoteAddress the address of the client: that of the connection's peer or, if the peer is
 *     a trusted proxy, the one that the proxy names
 * @param secure whether the client uses TLS, as far as the server or a trusted proxy can tell
 * @param certificates the verified certificate chain of the TLS peer, its own certificate first;
 *     empty if the server asked for none or the peer has none
 * @param time when the request arrived
 */
public record HandshakeRequest(
    String path,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    InetSocketAddress remoteAddress,
    boolean secure,
    List<X509Certificate> certificates,
    Instant time) {

  /** Copies the list and the maps. The copies of the maps are {@link RequestFields}. */
  public HandshakeRequest {
    certificates = List.copyOf(certificates);
    query = RequestFields.copyOf(false, query);
    headers = RequestFields.copyOf(true, headers);
  }

  /** The first value of a query parameter, or null if the request has none of this name. */
  public @Nullable String parameter(String name) {
    return ((RequestFields) query).first(name);
  }

  /**
   * The first value of a header field, or null if the request has none. The name's case is ignored.
   */
  public @Nullable String header(String name) {
    return ((RequestFields) headers).first(name);
  }
}
