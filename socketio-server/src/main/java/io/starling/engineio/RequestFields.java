package io.starling.engineio;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The header fields or the query parameters of a request: a map from each name to its values in
 * order. Immutable.
 *
 * <p>Every session keeps its request, so this map is small: one array for all fields, and strings
 * that many requests have in common exist once. A look-up goes through the whole array.
 */
public final class RequestFields extends AbstractMap<String, List<String>> {
  /** Longer strings are not shared. */
  private static final int MAX_SHARED_CHARS = 256;

  private static final int ESCAPE_CHARS = 3;

  /** The names of fields whose values are the same for many clients and identify none of them. */
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

  /**
   * A cache of shared strings, indexed by hash; each slot keeps its last string. Threads use it
   * without a lock: if two write to one slot, one string is not shared, which does no harm.
   */
  private static final Shared[] SHARED = new Shared[1024];

  private final boolean ignoreCase;

  /** Names and values in turn: a name, its value, the next name, and so on. */
  private final String[] namesAndValues;

  private RequestFields(boolean ignoreCase, String[] namesAndValues) {
    this.ignoreCase = ignoreCase;
    this.namesAndValues = namesAndValues;
  }

  static RequestFields copyOf(boolean ignoreCase, Map<String, List<String>> fields) {
    if (fields instanceof RequestFields same && same.ignoreCase == ignoreCase) {
      return same;
    }
    Builder copy = new Builder(ignoreCase, 8);
    fields.forEach((name, values) -> values.forEach(value -> copy.add(name, value)));
    return copy.build();
  }

  /**
   * A builder of header fields. Look-up ignores the case of names.
   *
   * @param expected the expected number of fields, not negative; more may be added
   */
  public static Builder headers(int expected) {
    return new Builder(true, expected);
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
    Builder parameters = new Builder(false, 2);
    boolean plain = text.indexOf('%', queryStart) < 0 && text.indexOf('+', queryStart) < 0;
    for (int start = queryStart; start < text.length(); ) {
      int found = text.indexOf('&', start);
      int end = found < 0 ? text.length() : found;
      int equals = text.indexOf('=', start);
      int nameEnd = equals < 0 ? end : Math.min(equals, end);
      int valueStart = Math.min(nameEnd + 1, end);
      if (plain && end > start) {
        parameters.add(text, start, nameEnd, text, valueStart, end);
      } else if (end > start) {
        parameters.add(decoded(text, start, nameEnd), decoded(text, valueStart, end));
      }
      start = end + 1;
    }
    return parameters.build();
  }

  private static String decoded(String text, int start, int end) {
    StringBuilder decoded = new StringBuilder(end - start);
    byte[] escaped = new byte[(end - start) / ESCAPE_CHARS];
    int count = 0;
    for (int i = start; i < end; ) {
      int value = i + ESCAPE_CHARS <= end ? escape(text, i) : -1;
      if (value >= 0) {
        escaped[count++] = (byte) value;
        i += ESCAPE_CHARS;
      } else {
        decoded.append(new String(escaped, 0, count, StandardCharsets.UTF_8));
        count = 0;
        char c = text.charAt(i++);
        decoded.append(c == '+' ? ' ' : c);
      }
    }
    return decoded.append(new String(escaped, 0, count, StandardCharsets.UTF_8)).toString();
  }

  /** The byte that {@code %} and two hexadecimal digits stand for; -1 if these are not there. */
  private static int escape(String text, int start) {
    char high = text.charAt(start + 1);
    char low = text.charAt(start + 2);
    boolean ascii = (high | low) < 0x80;
    int value = Character.digit(high, 16) << 4 | Character.digit(low, 16);
    return text.charAt(start) == '%' && ascii ? value : -1;
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

  /**
   * An entry of the cache of shared strings.
   *
   * @param common whether the text is one of the {@link #COMMON} names
   */
  private record Shared(String text, boolean common) {
    /** The cached string that equals a part of {@code source}; makes and caches it if needed. */
    static Shared of(CharSequence source, int start, int end) {
      int hash = 0;
      for (int i = start; i < end; i++) {
        hash = 31 * hash + source.charAt(i);
      }
      int slot = (hash ^ (hash >>> 16)) & (SHARED.length - 1);
      Shared last = SHARED[slot];
      if (last != null && last.is(source, start, end)) {
        return last;
      }
      String text = source.subSequence(start, end).toString();
      Shared made = new Shared(text, COMMON.contains(text));
      if (text.length() <= MAX_SHARED_CHARS) {
        SHARED[slot] = made;
      }
      return made;
    }

    private boolean is(CharSequence source, int start, int end) {
      if (text.length() != end - start) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) != source.charAt(start + i)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Collects fields. Not thread-safe. */
  public static final class Builder {
    private final boolean ignoreCase;
    private String[] namesAndValues;
    private int count;

    private Builder(boolean ignoreCase, int expected) {
      this.ignoreCase = ignoreCase;
      this.namesAndValues = new String[2 * expected];
    }

    /** Adds a value, behind the values that the name has already. */
    public Builder add(CharSequence name, String value) {
      return add(name, 0, name.length(), value, 0, value.length());
    }

    private Builder add(
        CharSequence name, int nameStart, int nameEnd, String value, int start, int end) {
      if (count == namesAndValues.length) {
        namesAndValues = Arrays.copyOf(namesAndValues, 2 * count + 2);
      }
      Shared known = Shared.of(name, nameStart, nameEnd);
      boolean shared = known.common && end - start <= MAX_SHARED_CHARS;
      namesAndValues[count++] = known.text;
      namesAndValues[count++] =
          shared ? Shared.of(value, start, end).text : value.substring(start, end);
      return this;
    }

    /** The fields that were added so far. */
    public RequestFields build() {
      boolean full = count == namesAndValues.length;
      return new RequestFields(
          ignoreCase, full ? namesAndValues : Arrays.copyOf(namesAndValues, count));
    }
  }
}
