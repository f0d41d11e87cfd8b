package io.starling.manager.pubsub;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parsed broker URL: {@code scheme://[user[:password]@][host[:port],…][/path][?k=v&…]}. Unlike
 * {@link java.net.URI}, this type accepts several hosts, and a URL that ends after {@code ://}.
 *
 * @param scheme in lower case
 * @param user percent-decoded; null when absent or empty
 * @param password percent-decoded; null when absent
 * @param hosts in the order of the URL; empty when the URL names none
 * @param path percent-decoded, without the leading slash; null when the URL has no path
 * @param parameters the query parameters, percent-decoded, in the order of the URL
 */
public record BackendUrl(
    String scheme,
    @Nullable String user,
    @Nullable String password,
    List<HostPort> hosts,
    @Nullable String path,
    Map<String, String> parameters) {
  private static final Pattern HOSTS =
      Pattern.compile("(HOST(,HOST)*)?".replace("HOST", "([^:,\\[\\]]+|\\[[^\\]]*\\])(:[0-9]+)?"));

  public BackendUrl {
    hosts = List.copyOf(hosts);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /**
   * The address of one broker node.
   *
   * @param host a name or an IP address; an IPv6 address stands here without its brackets
   * @param port 1 to 65535; 0 when the URL names no port
   */
  public record HostPort(String host, int port) {
    /** Returns the port, or {@code standard} when the URL names no port. */
    public int portOr(int standard) {
      return port == 0 ? standard : port;
    }
  }

  /** Whether the text begins with a scheme and {@code ://}. The rest of the text is not checked. */
  public static boolean hasScheme(String url) {
    return url.matches("[A-Za-z][A-Za-z0-9+.-]*://.*");
  }

  /**
   * Returns the scheme of a URL in lower case.
   *
   * @throws IllegalArgumentException when the text does not begin with a scheme and {@code ://}
   */
  public static String schemeOf(String url) {
    if (!hasScheme(url)) {
      throw new IllegalArgumentException("url: no scheme (expected: scheme://…)");
    }
    return url.substring(0, url.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  /**
   * Parses a URL.
   *
   * @throws IllegalArgumentException when the URL is not valid; the message holds no credentials
   */
  public static BackendUrl parse(String url) {
    String scheme = schemeOf(url);
    String rest = url.substring(url.indexOf("://") + 3);
    int question = rest.indexOf('?');
    Map<String, String> parameters =
        question < 0 ? Map.of() : parseParameters(rest.substring(question + 1));
    String beforeQuery = question < 0 ? rest : rest.substring(0, question);
    int slash = endOfAuthority(beforeQuery);
    String authority = slash < 0 ? beforeQuery : beforeQuery.substring(0, slash);
    String path = slash < 0 ? null : decode(beforeQuery.substring(slash + 1), "path");
    int at = authority.lastIndexOf('@');
    String credentials = at < 0 ? "" : authority.substring(0, at);
    int colon = credentials.indexOf(':');
    String user = colon < 0 ? credentials : credentials.substring(0, colon);
    String password = colon < 0 ? null : decode(credentials.substring(colon + 1), "password");
    return new BackendUrl(
        scheme,
        user.isEmpty() ? null : decode(user, "user"),
        password,
        parseHosts(authority.substring(at + 1)),
        path,
        parameters);
  }

  /**
   * Returns the index of the slash before the path, or −1 when the URL has no path. The URL
   * standard wants a slash in a password to be percent-encoded. A plain slash is accepted there,
   * too, unless the text before that slash could be a list of hosts.
   */
  private static int endOfAuthority(String text) {
    int slash = text.indexOf('/');
    int at = text.lastIndexOf('@');
    boolean slashInCredentials =
        slash >= 0
            && slash < at
            && text.lastIndexOf('@', slash) < 0
            && !HOSTS.matcher(text.substring(0, slash)).matches();
    return slashInCredentials ? text.indexOf('/', at) : slash;
  }

  /** Returns this URL without the named query parameters. */
  public BackendUrl without(Iterable<String> names) {
    Map<String, String> left = new LinkedHashMap<>(parameters);
    names.forEach(left::remove);
    return new BackendUrl(scheme, user, password, hosts, path, left);
  }

  private static List<HostPort> parseHosts(String text) {
    List<HostPort> hosts = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String part : text.split(",", -1)) {
        hosts.add(parseHost(part));
      }
    }
    return hosts;
  }

  private static HostPort parseHost(String part) {
    int colon = part.lastIndexOf(':');
    boolean portGiven = colon > part.lastIndexOf(']');
    String host = portGiven ? part.substring(0, colon) : part;
    if (host.isEmpty()) {
      throw new IllegalArgumentException("url: host \"" + part + "\" (expected: a name)");
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "url: host \"" + part + "\" (expected: [" + part + "], in brackets)");
    }
    return new HostPort(host, portGiven ? parsePort(part.substring(colon + 1)) : 0);
  }

  private static int parsePort(String text) {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    throw new IllegalArgumentException("url: port \"" + text + "\" (expected: 1 to 65535)");
  }

  private static Map<String, String> parseParameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals), "parameter");
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1), name);
        if (parameters.put(name, value) != null) {
          throw new IllegalArgumentException("url: parameter " + name + " twice (expected: once)");
        }
      }
    }
    return parameters;
  }

  private static String decode(String text, String what) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url: " + what + " (expected: valid percent-encoding)");
    }
  }

  /** Returns the URL without credentials and query parameters, so that it can be logged. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(scheme).append("://");
    if (user != null || password != null) {
      text.append("***@");
    }
    String separator = "";
    for (HostPort host : hosts) {
      text.append(separator).append(host.host());
      if (host.port() != 0) {
        text.append(':').append(host.port());
      }
      separator = ",";
    }
    return (path == null ? text : text.append('/').append(path)).toString();
  }
}
