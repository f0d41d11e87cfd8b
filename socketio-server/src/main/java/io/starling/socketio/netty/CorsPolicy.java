package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which web pages may talk to the endpoints, by the {@code Origin} field that their browser sends.
 * Requests without the field, which no page of another origin makes, are let through. A WebSocket
 * is checked like any other request. Immutable.
 */
public final class CorsPolicy {
  private static final String METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

  private enum Mode {
    SAME_ORIGIN,
    ANY,
    CHOSEN,
    OFF
  }

  private final Mode mode;
  private final Predicate<String> allowed;
  private final boolean credentials;

  private CorsPolicy(Mode mode, Predicate<String> allowed, boolean credentials) {
    this.mode = mode;
    this.allowed = allowed;
    this.credentials = credentials;
  }

  /** Pages whose scheme, host and port are those of the request. */
  public static CorsPolicy sameOrigin() {
    return new CorsPolicy(Mode.SAME_ORIGIN, origin -> false, false);
  }

  /** All pages. */
  public static CorsPolicy any() {
    return new CorsPolicy(Mode.ANY, origin -> true, false);
  }

  /** Pages of these origins, such as {@code https://example.com:8443}, and of the same origin. */
  public static CorsPolicy of(Set<String> origins) {
    return matching(Set.copyOf(origins)::contains);
  }

  /** Pages whose origin passes a test, and of the same origin. The test must not block. */
  public static CorsPolicy matching(Predicate<String> test) {
    return new CorsPolicy(Mode.CHOSEN, test, false);
  }

  /** No checks and no CORS headers: something in front of the server sees to both. */
  public static CorsPolicy off() {
    return new CorsPolicy(Mode.OFF, origin -> true, false);
  }

  /** The same policy for pages that send cookies along. */
  public CorsPolicy withCredentials() {
    return new CorsPolicy(mode, allowed, true);
  }

  boolean allows(String origin, String ownOrigin) {
    return allowed.test(origin) || origin.equalsIgnoreCase(ownOrigin);
  }

  /** Whether an OPTIONS request is a preflight that this policy answers. */
  boolean answersPreflights() {
    return mode != Mode.OFF;
  }

  /** Adds what the responses to an allowed origin need; the empty string is no origin. */
  void addHeaders(String origin, HttpHeaders response) {
    if (mode == Mode.OFF) {
      return;
    }
    boolean wildcard = mode == Mode.ANY && !credentials;
    if (!wildcard) {
      response.add("Vary", "Origin");
    }
    if (mode == Mode.SAME_ORIGIN || (origin.isEmpty() && !wildcard)) {
      return;
    }
    response.set("Access-Control-Allow-Origin", wildcard ? "*" : origin);
    if (credentials) {
      response.set("Access-Control-Allow-Credentials", "true");
    }
  }

  /** Adds what the response to a preflight needs besides. */
  void addPreflightHeaders(String requestedFields, HttpHeaders response) {
    if (mode == Mode.SAME_ORIGIN) {
      return;
    }
    response.set("Access-Control-Allow-Methods", METHODS);
    if (!requestedFields.isEmpty()) {
      response.set("Access-Control-Allow-Headers", requestedFields);
      response.add("Vary", "Access-Control-Request-Headers");
    }
  }
}
