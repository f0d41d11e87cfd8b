package io.starling.socketio.transport;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which web pages may connect to the server's endpoints, by the {@code Origin} field that
 * browsers send. A request without this field is allowed, since a browser sends the field whenever
 * a page of another origin opens a WebSocket or could read the response. WebSocket requests are
 * checked like all others. Immutable.
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

  /** Allows pages whose scheme, host and port are those that the request was sent to. */
  public static CorsPolicy sameOrigin() {
    return new CorsPolicy(Mode.SAME_ORIGIN, origin -> false, false);
  }

  /** Allows all pages. */
  public static CorsPolicy any() {
    return new CorsPolicy(Mode.ANY, origin -> true, false);
  }

  /**
   * Allows pages of these origins, such as {@code https://example.com:8443}, and pages of the same
   * origin. The schemes {@code wss} and {@code ws} mean {@code https} and {@code http}, both in
   * these origins and in the field that a client sends.
   *
   * @param origins the allowed origins; if {@code *} is among them, all pages are allowed
   * @throws IllegalArgumentException if no page can have one of these origins; the message names
   *     each such origin on a line of its own
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
   * Allows pages whose origin passes a test, and pages of the same origin. The test gets the origin
   * as the client sent it. It runs on an event loop and must not block. If it throws, the request
   * is refused.
   */
  public static CorsPolicy matching(Predicate<String> test) {
    return new CorsPolicy(Mode.CHOSEN, test, false);
  }

  /**
   * Allows all pages, sends no CORS headers and answers no preflight requests. For a server behind
   * a proxy that does this.
   */
  public static CorsPolicy off() {
    return new CorsPolicy(Mode.OFF, origin -> true, false);
  }

  /** The same policy, which also permits pages of other origins to send cookies. */
  public CorsPolicy withCredentials() {
    return new CorsPolicy(mode, allowed, true);
  }

  /**
   * Whether a page may connect to the server.
   *
   * @param origin the origin of the page, as the client sent it
   * @param ownOrigin the origin of pages that the client loads from this server
   */
  public boolean allows(String origin, String ownOrigin) {
    return allowed.test(origin)
        || origin.equalsIgnoreCase(ownOrigin)
        || WebOrigin.normal(origin).equals(WebOrigin.normal(ownOrigin));
  }

  /** Whether the server adds no CORS headers to its responses and answers no preflight requests. */
  public boolean isOff() {
    return mode == Mode.OFF;
  }

  /** Whether only pages of the same origin are allowed; these need no CORS headers. */
  public boolean isSameOrigin() {
    return mode == Mode.SAME_ORIGIN;
  }

  /** Whether the CORS header allows {@code *}, so that it need not name the origin of the page. */
  public boolean isWildcard() {
    return mode == Mode.ANY && !credentials;
  }

  /** Whether pages of other origins may send cookies. */
  public boolean credentials() {
    return credentials;
  }
}
