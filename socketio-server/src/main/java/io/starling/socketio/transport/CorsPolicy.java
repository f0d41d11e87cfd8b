package io.starling.socketio.transport;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which web pages may talk to the endpoints, by the {@code Origin} field that their browser sends.
 * Requests without the field, which no page of another origin makes, are let through. A WebSocket
 * is checked like any other request. Immutable.
 */
public final class CorsPolicy {
  private static final String ALL = "*";

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

  /**
   * Pages of these origins, such as {@code https://example.com:8443}, and of the same origin. The
   * schemes {@code wss} and {@code ws} stand for {@code https} and {@code http}, here and in what a
   * client sends. With {@code *} among them: all pages.
   *
   * @throws IllegalArgumentException naming every origin that no page can have, one a line
   */
  public static CorsPolicy of(Collection<String> origins) {
    List<String> faults =
        origins.stream().filter(origin -> !origin.equals(ALL)).flatMap(CorsPolicy::fault).toList();
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    if (origins.contains(ALL)) {
      return any();
    }
    Set<String> normal =
        origins.stream().map(WebOrigin::normal).collect(Collectors.toUnmodifiableSet());
    return matching(origin -> normal.contains(WebOrigin.normal(origin)));
  }

  private static Stream<String> fault(String origin) {
    String expected = WebOrigin.expected(origin);
    String shown = origin.replaceAll("\\p{Cntrl}", "?");
    return expected == null
        ? Stream.empty()
        : Stream.of("cors-origins: " + shown + " (expected: " + expected + ")");
  }

  /**
   * Pages whose origin passes a test, and of the same origin. The test gets the origin as the
   * client sent it, and must not block.
   */
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

  /**
   * Whether a page may talk to the server.
   *
   * @param ownOrigin that of pages which come from the server itself
   */
  public boolean allows(String origin, String ownOrigin) {
    return allowed.test(origin)
        || origin.equalsIgnoreCase(ownOrigin)
        || WebOrigin.normal(origin).equals(WebOrigin.normal(ownOrigin));
  }

  /** Whether the server adds nothing to its responses and answers no preflight. */
  public boolean isOff() {
    return mode == Mode.OFF;
  }

  /** Whether only pages of the server itself are allowed, which need no permission. */
  public boolean isSameOrigin() {
    return mode == Mode.SAME_ORIGIN;
  }

  /** Whether all pages get the same permission, so that it need not name their origin. */
  public boolean isWildcard() {
    return mode == Mode.ANY && !credentials;
  }

  /** Whether pages may send cookies along. */
  public boolean credentials() {
    return credentials;
  }
}
