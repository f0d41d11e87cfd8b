package io.starling.client.engineio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookieStore;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection goes, and what all its requests carry.
 *
 * @param uri the address of the endpoint, with {@code http} or {@code https} and without a query
 * @param query further parameters
 * @param headers further headers
 * @param cookies the cookies of the client, which outlive the connection so that sticky sessions
 *     work; safe for any thread
 * @param maxPayloadBytes the longest message or response that is read
 */
public record Endpoint(
    URI uri,
    Map<String, String> query,
    Map<String, String> headers,
    CookieManager cookies,
    int maxPayloadBytes) {
  private static final String COOKIE = "Cookie";
  private static final int MAX_COOKIES = 50;
  private static final int MAX_COOKIE_LENGTH = 4096;

  /** The address of one request. */
  URI request(String transport, @Nullable String sid) {
    Map<String, String> all = new LinkedHashMap<>(query);
    all.put("EIO", "4");
    all.put("transport", transport);
    if (sid != null) {
      all.put("sid", sid);
    }
    List<String> parts = new ArrayList<>();
    all.forEach((name, value) -> parts.add(encode(name) + "=" + encode(value)));
    boolean webSocket = transport.equals(EngineIoConnection.WEBSOCKET);
    String scheme = webSocket ? uri.getScheme().replace("http", "ws") : uri.getScheme();
    return URI.create(
        scheme + "://" + uri.getRawAuthority() + uri.getRawPath() + "?" + String.join("&", parts));
  }

  /** Gives the headers and cookies of a request to its builder. */
  void addHeaders(BiConsumer<String, String> builder) {
    Map<String, List<String>> kept;
    try {
      kept = new TreeMap<>(cookies.get(uri, Map.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> pairs = new ArrayList<>();
    headers.forEach(
        (name, value) -> {
          if (name.equalsIgnoreCase(COOKIE)) {
            pairs.add(value);
          } else {
            builder.accept(name, value);
          }
        });
    pairs.addAll(kept.getOrDefault(COOKIE, List.of()));
    if (!pairs.isEmpty()) {
      builder.accept(COOKIE, String.join("; ", pairs));
    }
  }

  /** Keeps the cookies of a response, as long as they are few and short. */
  void keepCookies(HttpHeaders response) {
    CookieStore jar = cookies.getCookieStore();
    List<HttpCookie> known = jar.getCookies();
    try {
      cookies.put(uri, response.map());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<HttpCookie> now = jar.getCookies();
    boolean many = now.size() > MAX_COOKIES;
    for (HttpCookie each : now) {
      if ((many && !known.contains(each)) || length(each) > MAX_COOKIE_LENGTH) {
        jar.remove(uri, each);
      }
    }
  }

  private static int length(HttpCookie cookie) {
    return cookie.getName().length() + cookie.getValue().length();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
