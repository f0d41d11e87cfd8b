package io.starling.socketio.transport;

import java.net.IDN;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks and normalizes origins, which are the values of the {@code Origin} field: scheme, host,
 * and the port unless it is the default of the scheme.
 */
final class WebOrigin {
  private static final String EXAMPLE = "an origin such as https://example.com";

  /**
   * The HTTP scheme for each scheme of the web. Some clients outside of browsers send the schemes
   * of WebSocket URLs as their origin.
   */
  private static final Map<String, String> WEB_SCHEMES =
      Map.of("http", "http", "https", "https", "ws", "http", "wss", "https");

  private static final Pattern PARTS =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(?:[^@]*@)?(\\[[0-9A-Fa-f:.]+]|[^\\s:\\[\\]@,;*\"'\\\\]+)(?::([0-9]{0,6}))?");

  private WebOrigin() {}

  /**
   * The form in which origins are compared: {@code wss://Example.com:443} becomes {@code
   * https://example.com}. Origins with another scheme or none, such as {@code
   * capacitor://localhost} or {@code null}, stay as they are.
   */
  static String normal(String origin) {
    int schemeEnd = origin.indexOf("://");
    String scheme =
        schemeEnd < 0
            ? null
            : WEB_SCHEMES.get(origin.substring(0, schemeEnd).toLowerCase(Locale.ROOT));
    if (scheme == null) {
      return origin;
    }
    String authority = origin.substring(schemeEnd + 3).toLowerCase(Locale.ROOT);
    String defaultPort = scheme.equals("https") ? ":443" : ":80";
    return scheme
        + "://"
        + (authority.endsWith(defaultPort)
            ? authority.substring(0, authority.length() - defaultPort.length())
            : authority);
  }

  /**
   * Checks a configured origin.
   *
   * @return null if a page can have this origin; otherwise the form that the origin should have,
   *     for an error message
   */
  static @Nullable String expected(String text) {
    if (text.equals("null")) {
      return null;
    } else if (text.indexOf('*') >= 0) {
      return EXAMPLE + " for each, or * alone; there are no wildcards within";
    }
    Matcher parts = PARTS.matcher(text);
    if (!parts.matches()) {
      String https = expected("https://" + text);
      String form = https == null ? "https://" + text : https;
      return form.equals(EXAMPLE) ? form : form + ", or the same with http";
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    String form =
        WEB_SCHEMES.containsKey(scheme)
            ? web(scheme, parts.group(2))
            : scheme + "://" + parts.group(2);
    return text.equals(form) ? null : form;
  }

  private static String web(String scheme, String authority) {
    Matcher parts = AUTHORITY.matcher(authority);
    String host = parts.matches() ? host(parts.group(1)) : null;
    if (host == null) {
      return EXAMPLE;
    }
    String digits = parts.group(2);
    if (digits == null || digits.isEmpty()) {
      return scheme + "://" + host;
    }
    int port = Integer.parseInt(digits);
    String form = scheme + "://" + host + ":" + port;
    if (port < 1 || port > 65_535) {
      return EXAMPLE;
    }
    // Browsers leave the default port out.
    return normal(form).endsWith(":" + port) ? form : scheme + "://" + host;
  }

  /**
   * The host as browsers write it: in lower case, and a name beyond ASCII as {@code xn--…}; null if
   * it is invalid.
   */
  private static @Nullable String host(String text) {
    if (text.startsWith("[")) {
      return WebAddress.ipv6(text);
    }
    try {
      String name = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
      return WebAddress.isIpv4(name) ? WebAddress.ipv4(name) : name;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
