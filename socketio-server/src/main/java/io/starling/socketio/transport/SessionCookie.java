package io.starling.socketio.transport;

import java.util.List;

/**
 * A cookie that names the session, for load balancers that keep a client on one process. It is set
 * by the response that opens the session.
 *
 * @param name a token of RFC 6265
 * @param path which requests of the client carry it
 * @param httpOnly whether scripts of the page cannot read it
 * @param secure whether it travels over TLS only
 * @param sameSite whether requests that other sites cause carry it
 */
public record SessionCookie(
    String name, String path, boolean httpOnly, boolean secure, SameSite sameSite) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** The attribute of the same name. */
  public enum SameSite {
    /** Never. */
    STRICT("Strict"),
    /** Only when the user follows a link. */
    LAX("Lax"),
    /** Always; browsers want {@code secure} then. */
    NONE("None");

    private final String text;

    SameSite(String text) {
      this.text = text;
    }
  }

  /** Checks the values. */
  public SessionCookie {
    if (!name.matches(TOKEN)) {
      throw new IllegalArgumentException("cookie: " + name + " (expected: letters and digits)");
    }
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c < ' ' || c > '~' || c == ';')) {
      throw new IllegalArgumentException("cookie-path: " + path + " (expected: a leading slash)");
    }
    if (sameSite == SameSite.NONE && !secure) {
      throw new IllegalArgumentException(
          "cookie-same-site: none (expected: cookie-secure with it, as browsers do)");
    }
  }

  /** A cookie with the path {@code /}, HttpOnly, SameSite=Lax. */
  public static SessionCookie named(String name) {
    return new SessionCookie(name, "/", true, false, SameSite.LAX);
  }

  /** The value of the {@code Set-Cookie} field. */
  public String field(String value) {
    List<String> attributes =
        List.of(
            name + "=" + value,
            "Path=" + path,
            httpOnly ? "HttpOnly" : "",
            secure ? "Secure" : "",
            "SameSite=" + sameSite.text);
    return String.join("; ", attributes.stream().filter(text -> !text.isEmpty()).toList());
  }
}
