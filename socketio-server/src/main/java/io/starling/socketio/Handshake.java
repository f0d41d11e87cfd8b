package io.starling.socketio;

import io.starling.engineio.HandshakeRequest;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a client brought when it connected. Immutable but for {@link #auth}; for any thread. */
public final class Handshake {
  private final HandshakeRequest request;
  private final @Nullable ObjectNode auth;

  /**
   * The request that opened a connection.
   *
   * @param auth what its client sent for one namespace; null for nothing
   */
  public Handshake(HandshakeRequest request, @Nullable ObjectNode auth) {
    this.request = request;
    this.auth = auth;
  }

  /**
   * What the client sent for this namespace; a new empty object when nothing. Not to be changed.
   */
  public ObjectNode auth() {
    return auth == null ? JsonNodeFactory.instance.objectNode() : auth;
  }

  /**
   * A field of {@link #auth} as text.
   *
   * @return null when it is missing, null, an array or an object
   */
  public @Nullable String auth(String field) {
    JsonNode value = auth == null ? null : auth.get(field);
    return value != null && value.isValueNode() && !value.isNull() ? value.asString() : null;
  }

  /** The header fields of the client's first HTTP request; look-up ignores case. */
  public Map<String, List<String>> headers() {
    return request.headers();
  }

  /** The first value of a header field, or null. */
  public @Nullable String header(String name) {
    return first(headers().get(name));
  }

  /** The cookies of that request; of several with one name, the first. Values are not decoded. */
  public Map<String, String> cookies() {
    Map<String, String> cookies = new LinkedHashMap<>();
    for (String field : headers().getOrDefault("cookie", List.of())) {
      for (String part : field.split(";", -1)) {
        String pair = part.strip();
        int equals = pair.indexOf('=');
        if (equals > 0) {
          cookies.putIfAbsent(
              pair.substring(0, equals).strip(), withoutQuotes(pair.substring(equals + 1).strip()));
        }
      }
    }
    return Collections.unmodifiableMap(cookies);
  }

  /** The value of a cookie, or null. */
  public @Nullable String cookie(String name) {
    return cookies().get(name);
  }

  /** The query parameters of that request, decoded. */
  public Map<String, List<String>> query() {
    return request.query();
  }

  /** The first value of a query parameter, or null. */
  public @Nullable String query(String name) {
    return first(query().get(name));
  }

  /** The client, or the one that a trusted proxy names. */
  public InetSocketAddress address() {
    return request.remoteAddress();
  }

  /** Whether the client, or a trusted proxy for it, uses TLS. */
  public boolean secure() {
    return request.secure();
  }

  /**
   * The certificates with which the TLS peer proved who it is, its own first. The peer is the
   * client, or the proxy in front of this server. Empty unless the server asks for certificates and
   * the peer has one that it trusts.
   */
  public List<X509Certificate> certificates() {
    return request.certificates();
  }

  /** When the request arrived. */
  public Instant time() {
    return request.time();
  }

  @Override
  public String toString() {
    return "Handshake[address=" + address() + ", secure=" + secure() + ", time=" + time() + "]";
  }

  private static @Nullable String first(@Nullable List<String> values) {
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  private static String withoutQuotes(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
