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

/**
 * What a client sent when it connected: its first HTTP request, and the data for the namespace.
 * Safe for any thread. Immutable except for the object that {@link #auth()} returns.
 */
public final class Handshake {
  private final HandshakeRequest request;
  private final @Nullable ObjectNode auth;

  /**
   * The handshake of one client for one namespace.
   *
   * @param request the HTTP request that opened the connection
   * @param auth the data that the client sent for this namespace; null when it sent none
   */
  public Handshake(HandshakeRequest request, @Nullable ObjectNode auth) {
    this.request = request;
    this.auth = auth;
  }

  /**
   * The data that the client sent for this namespace. The object must not be changed.
   *
   * @return a new empty object when the client sent no data
   */
  public ObjectNode auth() {
    return auth == null ? JsonNodeFactory.instance.objectNode() : auth;
  }

  /**
   * One field of {@link #auth()} as text. Numbers and booleans are converted.
   *
   * @return null when the field is missing, or is null, an array or an object
   */
  public @Nullable String auth(String field) {
    JsonNode value = auth == null ? null : auth.get(field);
    return value != null && value.isValueNode() && !value.isNull() ? value.asString() : null;
  }

  /**
   * The header fields of the client's first HTTP request. Upper and lower case of the names do not
   * matter when they are looked up.
   */
  public Map<String, List<String>> headers() {
    return request.headers();
  }

  /** The first value of a header field, or null when the request has no such field. */
  public @Nullable String header(String name) {
    return first(headers().get(name));
  }

  /**
   * The cookies of the client's first HTTP request. When several cookies have the same name, the
   * first one counts. Quotes around a value are removed; values are not decoded otherwise.
   */
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

  /** The value of a cookie, or null when the request has no such cookie. */
  public @Nullable String cookie(String name) {
    return cookies().get(name);
  }

  /** The query parameters of the client's first HTTP request, decoded. */
  public Map<String, List<String>> query() {
    return request.query();
  }

  /** The first value of a query parameter, or null when the request has no such parameter. */
  public @Nullable String query(String name) {
    return first(query().get(name));
  }

  /** The address of the client. Behind a trusted proxy it is the address that the proxy names. */
  public InetSocketAddress address() {
    return request.remoteAddress();
  }

  /**
   * Whether the client connected over TLS. Behind a trusted proxy it is what the proxy says about
   * the client.
   */
  public boolean secure() {
    return request.secure();
  }

  /**
   * The certificates of the TLS peer, its own certificate first. The peer is the client, or the
   * proxy in front of this server. The list is empty unless the server asks for certificates and
   * the peer has one that the server trusts.
   */
  public List<X509Certificate> certificates() {
    return request.certificates();
  }

  /** The time at which the client's first HTTP request arrived. */
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
