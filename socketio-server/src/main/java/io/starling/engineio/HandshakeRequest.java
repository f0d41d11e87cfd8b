package io.starling.engineio;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request that opens, or tries to open, a session. The maps are immutable.
 *
 * @param path the path as requested, decoded, without the query
 * @param query the query parameters, decoded, in order of appearance
 * @param headers the header fields; look-up ignores case
 * @param remoteAddress the client, or the one that a trusted proxy names
 * @param secure whether the client, or a trusted proxy for it, uses TLS
 * @param certificates with which the TLS peer proved who it is, its own first; empty when it was
 *     not asked for any or had none
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

  /** Copies the list, and the maps as {@link RequestFields}. */
  public HandshakeRequest {
    certificates = List.copyOf(certificates);
    query = RequestFields.copyOf(false, query);
    headers = RequestFields.copyOf(true, headers);
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String parameter(String name) {
    return ((RequestFields) query).first(name);
  }

  /** The first value of a header field, or null. */
  public @Nullable String header(String name) {
    return ((RequestFields) headers).first(name);
  }
}
