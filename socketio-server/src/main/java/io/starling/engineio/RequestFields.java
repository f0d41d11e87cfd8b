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
import org.jspecify.annotations.Nullable;

/**
 * The header fields or the query parameters of a request, each name with its values in order.
 * Immutable, and small, since every session keeps its own: one array, and what most requests have
 * in common is shared. A look-up goes through all of them, which are few.
 */
public final class RequestFields extends AbstractMap<String, List<String>> {
  private static final int MAX_SHARED_CHARS = 256;

  /** The names whose values many clients have in common, and none has for itself. */
  private static final Set<String> COMMON = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    COMMON.addAll(
        List.of(
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Cache-Control",
            "Connection",
            "EIO",
            "Host",
            "Origin",
            "Pragma",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Version",
            "Upgrade",
            "User-Agent",
            "transport"));
  }

  /** The last string of each hash. A race loses one of two, which does no harm. */
  private static final Shared[] SHARED = new Shared[1024];

  private final boolean ignoreCase;

  /** A name, its value, and so on. */
  private final String[] namesAndValues;

  private RequestFields(boolean ignoreCase, List<String> namesAndValues) {
    this.ignoreCase = ignoreCase;
    this.namesAndValues = namesAndValues.toArray(new String[0]);
  }

  static RequestFields copyOf(boolean ignoreCase, Map<String, List<String>> fields) {
    if (fields instanceof RequestFields same && same.ignoreCase == ignoreCase) {
      return same;
    }
    Builder copy = new Builder(ignoreCase);
    fields.forEach((name, values) -> values.forEach(value -> copy.add(name, value)));
    return copy.build();
  }

  /** A builder of header fields: look-up ignores case. */
  public static Builder headers() {
    return new Builder(true);
  }

  /**
   * The parameters of a query, percent-decoded, a {@code +} as a space: URL standard, section 5.1.
   *
   * @throws IllegalArgumentException if an escape is malformed, as for {@link URLDecoder#decode}
   */
  public static RequestFields query(String query) {
    Builder parameters = new Builder(false);
    for (int start = 0; start < query.length(); ) {
      int found = query.indexOf('&', start);
      int end = found < 0 ? query.length() : found;
      int equals = query.indexOf('=', start);
      if (equals >= 0 && equals < end) {
        parameters.add(decoded(query, start, equals), decoded(query, equals + 1, end));
      } else if (end > start) {
        parameters.add(decoded(query, start, end), "");
      }
      start = end + 1;
    }
    return parameters.build();
  }

  private static String decoded(String query, int start, int end) {
    String raw = query.substring(start, end);
    boolean plain = raw.indexOf('%') < 0 && raw.indexOf('+') < 0;
    return plain ? raw : URLDecoder.decode(raw, StandardCharsets.UTF_8);
  }

  /** The first value of a name, or an empty string. */
  String first(String name) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (same(namesAndValues[i], name)) {
        return namesAndValues[i + 1];
      }
    }
    return "";
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

  /**
   * A string that many requests have.
   *
   * @param common whether it is one of the {@link #COMMON} names
   */
  private record Shared(String text, boolean common) {
    static Shared of(String text) {
      int slot = text.hashCode() & (SHARED.length - 1);
      Shared last = SHARED[slot];
      if (last != null && last.text.equals(text)) {
        return last;
      }
      Shared made = new Shared(text, COMMON.contains(text));
      if (text.length() <= MAX_SHARED_CHARS) {
        SHARED[slot] = made;
      }
      return made;
    }
  }

  /** Collects fields. Not thread-safe. */
  public static final class Builder {
    private final boolean ignoreCase;
    private final List<String> namesAndValues = new ArrayList<>(16);

    private Builder(boolean ignoreCase) {
      this.ignoreCase = ignoreCase;
    }

    /** Adds a value, behind those that the name has. */
    public Builder add(String name, String value) {
      Shared known = Shared.of(name);
      namesAndValues.add(known.text);
      boolean shared = known.common && value.length() <= MAX_SHARED_CHARS;
      namesAndValues.add(shared ? Shared.of(value).text : value);
      return this;
    }

    /** The fields so far. */
    public RequestFields build() {
      return new RequestFields(ignoreCase, namesAndValues);
    }
  }
}
