package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which master of a Cluster owns which slot, as one node told it.
 *
 * @param asked the node that told it
 * @param ranges the owned slots, by the first slot of each range
 */
record ClusterSlots(RedisURI asked, NavigableMap<Integer, Range> ranges) {
  /** The owner of the slots up to {@code last}. */
  record Range(int last, HostPort owner) {}

  /**
   * Reads the answer to {@code CLUSTER SLOTS}.
   *
   * @throws IllegalStateException when no node owns any slot, as in a node that was reset
   */
  static ClusterSlots of(RedisURI asked, List<?> answer) {
    NavigableMap<Integer, Range> ranges = new TreeMap<>();
    for (Object each : answer) {
      List<?> range = (List<?>) each;
      List<?> master = (List<?>) range.get(2);
      HostPort owner = node(RedisRole.text(master.get(0)), number(master.get(1)), asked.getHost());
      ranges.put(number(range.get(0)), new Range(number(range.get(1)), owner));
    }
    if (ranges.isEmpty()) {
      throw new IllegalStateException("the node knows no owner of any slot");
    }
    return new ClusterSlots(asked, ranges);
  }

  Set<HostPort> owners() {
    return ranges.values().stream().map(Range::owner).collect(Collectors.toSet());
  }

  /**
   * Returns the node that carries a channel.
   *
   * @throws IllegalStateException when no node owns its slot
   */
  HostPort owner(String channel) {
    int slot = SlotHash.getSlot(channel);
    Map.Entry<Integer, Range> range = ranges.floorEntry(slot);
    if (range == null || range.getValue().last() < slot) {
      throw new IllegalStateException("no node owns the slot " + slot + " of " + channel);
    }
    return range.getValue().owner();
  }

  /**
   * Returns the owner of the slot that an error answer names, such as {@code MOVED 7000
   * 10.0.0.3:6379}; null for any other error.
   *
   * @param from the node that answered. An answer without a host means the host of that node.
   */
  static @Nullable HostPort moved(Throwable error, HostPort from) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String[] words = String.valueOf(root.getMessage()).split(" ", -1);
    if (words.length < 3 || !words[0].equals("MOVED")) {
      return null;
    }
    int colon = words[2].lastIndexOf(':');
    return node(
        words[2].substring(0, colon), Integer.parseInt(words[2].substring(colon + 1)), from.host());
  }

  /** Whether an error answer says that the node does not serve the slot, or not at the moment. */
  static boolean isServedElsewhere(Throwable error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith("MOVED ") || message.startsWith("CLUSTERDOWN ");
  }

  /** A host that is missing or {@code ?} is the host of the node that answered. */
  private static HostPort node(String host, int port, String sameHost) {
    return new HostPort(
        host.isEmpty() || host.equals("null") || host.equals("?") ? sameHost : host, port);
  }

  private static int number(Object answer) {
    return ((Number) answer).intValue();
  }
}
