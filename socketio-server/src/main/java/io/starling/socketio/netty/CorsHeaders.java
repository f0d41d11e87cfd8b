package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaders;
import io.starling.socketio.transport.CorsPolicy;

/**
 * The header fields that a {@link CorsPolicy} adds to responses. The callers have checked before
 * that the policy allows the origin of the request.
 */
final class CorsHeaders {
  private static final String METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

  private CorsHeaders() {}

  /**
   * Adds the fields that every response needs.
   *
   * @param origin of the request; empty if the request names none
   */
  static void add(CorsPolicy policy, String origin, HttpHeaders response) {
    if (policy.isOff()) {
      return;
    }
    boolean wildcard = policy.isWildcard();
    if (!wildcard) {
      response.add("Vary", "Origin");
    }
    if (policy.isSameOrigin() || (origin.isEmpty() && !wildcard)) {
      return;
    }
    response.set("Access-Control-Allow-Origin", wildcard ? "*" : origin);
    if (policy.credentials()) {
      response.set("Access-Control-Allow-Credentials", "true");
    }
  }

  /**
   * Adds the fields that only the response to a preflight request needs.
   *
   * @param requestedFields the request's {@code Access-Control-Request-Headers}, all of which are
   *     allowed; may be empty
   */
  static void addPreflight(CorsPolicy policy, String requestedFields, HttpHeaders response) {
    response.add("Vary", "Access-Control-Request-Headers");
    if (policy.isSameOrigin()) {
      return;
    }
    response.set("Access-Control-Allow-Methods", METHODS);
    if (!requestedFields.isEmpty()) {
      response.set("Access-Control-Allow-Headers", requestedFields);
    }
  }
}
