package io.starling.socketio.netty;

import java.util.Set;
import java.util.function.Predicate;

/**
 * Which web pages may talk to the endpoints, by the {@code Origin} field that their browser sends.
 * Requests without the field, which no page of another origin makes, are let through. Immutable.
 */
public final class CorsPolicy {
  enum Mode {
    SAME_ORIGIN,
    ANY,
    CHOSEN,
    OFF
  }

  private final Mode mode;
  private final Predicate<String> allowed;

  private CorsPolicy(Mode mode, Predicate<String> allowed) {
    this.mode = mode;
    this.allowed = allowed;
  }

  /** Pages whose scheme, host and port are those of the request. */
  public static CorsPolicy sameOrigin() {
    return new CorsPolicy(Mode.SAME_ORIGIN, origin -> false);
  }

  /** All pages. */
  public static CorsPolicy any() {
    return new CorsPolicy(Mode.ANY, origin -> true);
  }

  /** Pages of these origins, such as {@code https://example.com:8443}, and of the same origin. */
  public static CorsPolicy of(Set<String> origins) {
    return new CorsPolicy(Mode.CHOSEN, Set.copyOf(origins)::contains);
  }

  /** Pages whose origin passes a test, and of the same origin. The test must not block. */
  public static CorsPolicy matching(Predicate<String> test) {
    return new CorsPolicy(Mode.CHOSEN, test);
  }

  /** No checks and no CORS headers: something in front of the server sees to both. */
  public static CorsPolicy off() {
    return new CorsPolicy(Mode.OFF, origin -> true);
  }

  Mode mode() {
    return mode;
  }

  boolean allows(String origin, String ownOrigin) {
    return allowed.test(origin) || origin.equalsIgnoreCase(ownOrigin);
  }
}
