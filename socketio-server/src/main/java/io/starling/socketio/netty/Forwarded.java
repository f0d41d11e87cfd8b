package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What proxies report about a request in header fields. If one of the {@code X-Forwarded-*} fields
 * is present, the {@code Forwarded} field is ignored: a proxy that writes the {@code X-Forwarded-*}
 * fields may pass on a {@code Forwarded} field that the client made up.
 *
 * @param proto the scheme that the client used, or a list of schemes separated by commas with the
 *     client's first; empty if no field tells
 * @param host the host and port that the client asked for, or a list of them separated by commas
 *     with the client's first; empty if no field tells
 * @param hops the addresses from the client to the last proxy but one; one string may hold several,
 *     separated by commas
 */
record Forwarded(String proto, String host, List<String> hops) {
  private static final Forwarded NOTHING = new Forwarded("", "", List.of());

  static Forwarded of(HttpHeaders headers) {
    String proto = headers.get("X-Forwarded-Proto", "");
    String host = headers.get("X-Forwarded-Host", "");
    List<String> hops = headers.getAll("X-Forwarded-For");
    if (!proto.isEmpty() || !host.isEmpty() || !hops.isEmpty()) {
      return new Forwarded(proto, host, hops);
    }
    List<String> fields = headers.getAll("Forwarded");
    return fields.isEmpty() ? NOTHING : parsed(String.join(",", fields));
  }

  /**
   * Parses {@code Forwarded} fields, see RFC 7239, section 4. Commas separate the elements of the
   * proxies; semicolons separate the {@code name=value} pairs of an element.
   */
  private static Forwarded parsed(String text) {
    String proto = "";
    String host = "";
    List<String> hops = new ArrayList<>();
    for (String element : split(text, ',')) {
      String hop = "";
      for (String pair : split(element, ';')) {
        int equals = pair.indexOf('=');
        String name = pair.substring(0, Math.max(0, equals)).strip().toLowerCase(Locale.ROOT);
        String value = unquoted(pair.substring(equals + 1).strip());
        switch (name) {
          case "proto" -> proto = proto.isEmpty() ? value : proto;
          case "host" -> host = host.isEmpty() ? value : host;
          case "for" -> hop = value;
          default -> {}
        }
      }
      hops.add(hop);
    }
    return new Forwarded(proto, host, hops);
  }

  /** Splits a text at the separators that are not inside a quoted string. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }
}
