package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaders;
import io.starling.socketio.transport.CorsPolicy;

/** What a policy adds to responses; the origin was allowed before. */
final class CorsHeaders {
  private static final String METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

  private CorsHeaders() {}

  /** Adds what all responses need; the empty string is no origin. */
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

  /** Adds what the response to a preflight needs besides. */
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
