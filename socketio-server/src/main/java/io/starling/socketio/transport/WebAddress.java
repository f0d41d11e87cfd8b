package io.starling.socketio.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Converts IP addresses to the form that browsers send in the {@code Origin} field (<a
 * href="https://url.spec.whatwg.org/#host-parsing">URL standard, host parsing</a>). A browser sends
 * this form whatever form of the address the user has entered.
 */
final class WebAddress {
  private static final int GROUPS = 8;

  private WebAddress() {}

  /**
   * Whether the last part of a host is a number. Such a host is an IPv4 address or is invalid, but
   * is never a name.
   */
  static boolean isIpv4(String host) {
    List<String> parts = parts(host);
    return parts.get(parts.size() - 1).matches("[0-9]+|0[xX][0-9A-Fa-f]*");
  }

  /** The usual form of an IPv4 address: {@code 127.1} gives {@code 127.0.0.1}; null if invalid. */
  static @Nullable String ipv4(String host) {
    List<String> parts = parts(host);
    if (parts.size() > 4) {
      return null;
    }
    long address = 0;
    for (int i = 0; i < parts.size(); i++) {
      boolean last = i == parts.size() - 1;
      // The last part stands for all bytes that the other parts leave.
      int bits = last ? 8 * (4 - i) : 8;
      long number = number(parts.get(i));
      if (number < 0 || number >= 1L << bits) {
        return null;
      }
      address = address << bits | number;
    }
    long all = address;
    return IntStream.of(24, 16, 8, 0)
        .mapToObj(shift -> Long.toString(all >> shift & 0xff))
        .collect(Collectors.joining("."));
  }

  private static List<String> parts(String host) {
    List<String> parts = new ArrayList<>(Arrays.asList(host.split("\\.", -1)));
    if (parts.size() > 1 && parts.get(parts.size() - 1).isEmpty()) {
      parts.remove(parts.size() - 1);
    }
    return parts;
  }

  /**
   * The value of one part: octal if it begins with {@code 0}, hexadecimal if with {@code 0x}, else
   * decimal; −1 if it is not a number.
   */
  private static long number(String part) {
    try {
      if (part.matches("0[xX][0-9A-Fa-f]*")) {
        return part.length() == 2 ? 0 : Long.parseLong(part.substring(2), 16);
      } else if (part.matches("[0-9]+")) {
        return Long.parseLong(part, part.startsWith("0") ? 8 : 10);
      }
      return -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * The usual form of an IPv6 address, in brackets and with {@code ::} for the longest run of
   * zeros; null if it is invalid.
   *
   * @param host the address in brackets
   */
  static @Nullable String ipv6(String host) {
    int[] groups = groups(host);
    if (groups == null) {
      return null;
    }
    int start = 0;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    return length == 1
        ? "[" + hex(groups, 0, GROUPS) + "]"
        : "[" + hex(groups, 0, start) + "::" + hex(groups, start + length, GROUPS) + "]";
  }

  private static String hex(int[] groups, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Integer.toHexString(groups[i]))
        .collect(Collectors.joining(":"));
  }

  private static int @Nullable [] groups(String host) {
    try {
      // This causes no DNS query, because the host is in brackets: only an address is accepted.
      byte[] bytes = InetAddress.getByName(host).getAddress();
      ByteBuffer address = ByteBuffer.allocate(2 * GROUPS);
      if (bytes.length == 4) {
        address.position(10).putShort((short) 0xffff);
      }
      address.put(bytes).flip();
      return IntStream.range(0, GROUPS).map(i -> address.getShort(2 * i) & 0xffff).toArray();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
