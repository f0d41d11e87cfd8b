package io.starling.socketio.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of IP addresses and ranges of addresses, such as {@code 127.0.0.1}, {@code 10.0.0.0/8} and
 * {@code fd00::/8}. Immutable. Intended for {@link TransportConfig#trustedProxies}.
 */
public final class AddressRanges implements Predicate<InetAddress> {
  private final List<Range> ranges;

  private AddressRanges(List<Range> ranges) {
    this.ranges = ranges;
  }

  /**
   * Parses addresses and ranges.
   *
   * @param texts each an IPv4 or IPv6 address, or a range in CIDR notation; no host names
   * @throws IllegalArgumentException at the first text that is neither; its message names the text
   */
  public static AddressRanges of(Collection<String> texts) {
    List<Range> ranges = new ArrayList<>();
    for (String text : texts) {
      Range range = parse(text.strip());
      if (range == null) {
        throw new IllegalArgumentException(
            "trusted-proxies: " + text + " (expected: addresses, such as 10.0.0.0/8,::1)");
      }
      ranges.add(range);
    }
    return new AddressRanges(List.copyOf(ranges));
  }

  /** Whether an address is in one of the ranges. */
  @Override
  public boolean test(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Range range : ranges) {
      if (range.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Range parse(String text) {
    String[] parts = text.split("/", -1);
    // Only literal addresses are allowed. A host name would cause a DNS query.
    boolean literal = parts[0].matches("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    if (!literal || parts.length > 2 || (parts.length == 2 && !parts[1].matches("[0-9]{1,3}"))) {
      return null;
    }
    try {
      byte[] address = InetAddress.getByName(parts[0]).getAddress();
      int bits = parts.length == 1 ? address.length * 8 : Integer.parseInt(parts[1]);
      return bits <= address.length * 8 ? new Range(address, bits) : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static final class Range {
    private final byte[] address;
    private final int bits;

    Range(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
