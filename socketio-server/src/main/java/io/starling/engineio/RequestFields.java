package io.starling.engineio;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header fields or the query parameters of a request: a map from each name to its values in
 * order. Immutable.
 *
 * <p>Every session keeps its request, so this map is small: one array for all fields, and strings
 * that many requests have in common exist once. With this sharing, header fields and query of a
 * browser's WebSocket handshake take 250 bytes for each session, else 1,200; those of a client that
 * sends only the necessary fields take 220 bytes, else 630. A look-up goes through the whole array.
 */
public final class RequestFields extends AbstractMap<String, List<String>> {
  /** Longer strings are not shared. */
  private static final int MAX_SHARED_CHARS = 256;

  /** A percent sign that begins no escape. */
  private static final Pattern NO_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");

  /** The names of fields whose values are the same for many clients and identify none of them. */
  private static final Set<String> COMMON = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    COMMON.addAll(List.of("Accept", "Accept-Encoding", "Accept-Language", "Cache-Control"));
    COMMON.addAll(List.of("Connection", "EIO", "Host", "Origin", "Pragma", "Sec-Fetch-Dest"));
    COMMON.addAll(List.of("Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-WebSocket-Extensions"));
    COMMON.addAll(List.of("Sec-WebSocket-Version", "Upgrade", "User-Agent", "transport"));
  }

  /**
   * A cache of shared strings, indexed by hash; each slot keeps its last string. Threads use it
   * without a lock: if two write to one slot, one string is not shared, which does no harm.
   */
  private static final @Nullable String[] SHARED = new String[1024];

  private final boolean ignoreCase;

  /** Names and values in turn: a name, its value, the next name, and so on. */
  private final String[] namesAndValues;

  private RequestFields(boolean ignoreCase, List<String> namesAndValues) {
    this.ignoreCase = ignoreCase;
    this.namesAndValues = namesAndValues.toArray(String[]::new);
    for (int i = 0; i < this.namesAndValues.length; i += 2) {
      String name = this.namesAndValues[i];
      this.namesAndValues[i] = shared(name);
      if (COMMON.contains(name)) {
        this.namesAndValues[i + 1] = shared(this.namesAndValues[i + 1]);
      }
    }
  }

  static RequestFields copyOf(boolean ignoreCase, Map<String, List<String>> fields) {
    if (fields instanceof RequestFields same && same.ignoreCase == ignoreCase) {
      return same;
    }
    List<String> copy = new ArrayList<>();
    fields.forEach((name, values) -> values.forEach(value -> copy.addAll(List.of(name, value))));
    return new RequestFields(ignoreCase, copy);
  }

  /**
   * Header fields. Look-up ignores the case of names.
   *
   * @param namesAndValues a name, its value, the next name, and so on
   */
  public static RequestFields headers(List<String> namesAndValues) {
    return new RequestFields(true, namesAndValues);
  }

  /**
   * Parses a query as the URL standard describes in section 5.1: names and values are
   * percent-decoded, and a {@code +} becomes a space. A {@code %} that begins no escape stays as it
   * is. Bytes that are not UTF-8 become U+FFFD. Never throws for what a client may send.
   *
   * @param text a text that ends with the query
   * @param queryStart the index at which the query begins; the length of the text if it is empty
   */
  public static RequestFields query(String text, int queryStart) {
    List<String> parameters = new ArrayList<>(4);
    for (int start = queryStart; start < text.length(); ) {
      int found = text.indexOf('&', start);
      int end = found < 0 ? text.length() : found;
      if (end > start) {
        int equals = text.indexOf('=', start);
        int nameEnd = equals < 0 ? end : Math.min(equals, end);
        parameters.add(decoded(text.substring(start, nameEnd)));
        parameters.add(decoded(text.substring(Math.min(nameEnd + 1, end), end)));
      }
      start = end + 1;
    }
    return new RequestFields(false, parameters);
  }

  private static String decoded(String text) {
    return text.indexOf('%') < 0 && text.indexOf('+') < 0
        ? text
        : URLDecoder.decode(NO_ESCAPE.matcher(text).replaceAll("%25"), StandardCharsets.UTF_8);
  }

  /** The cached string that equals the given one, which is cached now if there was none. */
  private static String shared(String text) {
    int hash = text.hashCode();
    int slot = (hash ^ (hash >>> 16)) & (SHARED.length - 1);
    String last = SHARED[slot];
    if (last != null && last.equals(text)) {
      return last;
    }
    if (text.length() <= MAX_SHARED_CHARS) {
      SHARED[slot] = text;
    }
    return text;
  }

  /** The first value of a name, or null if there is none. */
  @Nullable String first(String name) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (same(namesAndValues[i], name)) {
        return namesAndValues[i + 1];
      }
    }
    return null;
  }

  @Override
  public @Nullable List<String> get(@Nullable Object name) {
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (name instanceof String text && same(namesAndValues[i], text)) {
        values.add(namesAndValues[i + 1]);
      }
    }
    return values.isEmpty() ? null : Collections.unmodifiableList(values);
  }

  private boolean same(String name, String other) {
    return ignoreCase ? name.equalsIgnoreCase(other) : name.equals(other);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Entry<String, List<String>>> entrySet() {
    Map<String, List<String>> fields =
        ignoreCase ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields
          .computeIfAbsent(namesAndValues[i], name -> new ArrayList<>())
          .add(namesAndValues[i + 1]);
    }
    fields.replaceAll((name, values) -> Collections.unmodifiableList(values));
    return Collections.unmodifiableMap(fields).entrySet();
  }
}
