package io.starling.socketio.transport;

import java.util.List;

/**
 * A cookie whose value is the Engine.IO session id. A load balancer can use it to send all requests
 * of a client to the same process. The response that opens the session sets the cookie.
 *
 * @param name the name of the cookie, a token as in RFC 6265, section 4.1.1
 * @param path the client sends the cookie with requests to this path and below; begins with a slash
 * @param httpOnly whether scripts of a page cannot read the cookie
 * @param secure whether the client sends the cookie over TLS only
 * @param sameSite whether the client sends the cookie with requests that other sites cause
 */
public record SessionCookie(
    String name, String path, boolean httpOnly, boolean secure, SameSite sameSite) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** The values of the cookie attribute {@code SameSite}. */
  public enum SameSite {
    /** Requests that other sites cause never carry the cookie. */
    STRICT("Strict"),
    /** Of the requests that other sites cause, only followed links carry the cookie. */
    LAX("Lax"),
    /** Requests of other sites carry the cookie, too. Browsers then require {@code secure}. */
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

  /** A cookie with the path {@code /} and the attributes {@code HttpOnly; SameSite=Lax}. */
  public static SessionCookie named(String name) {
    return new SessionCookie(name, "/", true, false, SameSite.LAX);
  }

  /** The value of the {@code Set-Cookie} header field for a cookie with this value. */
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
