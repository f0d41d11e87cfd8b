package io.starling.integration.failures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client heard between a connect and the disconnect after it.
 *
 * @param host the name of the host that it was connected to
 * @param fromMillis when it connected
 * @param open whether it was still connected at the end
 * @param streams the numbers of each stream, as ranges in the order of arrival
 */
record Session(
    int client, String host, long fromMillis, boolean open, Map<String, List<Range>> streams) {

  /** Consecutive numbers, both ends included. */
  record Range(int from, int to) {}

  /** Reads the words of a line of {@code numbered.mjs}. */
  static Session parse(List<String> words) {
    Map<String, List<Range>> streams = new LinkedHashMap<>();
    if (words.size() > 5 && !words.get(5).isEmpty()) {
      for (String stream : words.get(5).split(";", -1)) {
        String[] parts = stream.split("=", -1);
        List<Range> ranges = new ArrayList<>();
        for (String range : parts[1].split(",", -1)) {
          String[] ends = range.split("-", -1);
          ranges.add(new Range(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])));
        }
        streams.put(parts[0], ranges);
      }
    }
    return new Session(
        Integer.parseInt(words.get(0)),
        words.get(1),
        Long.parseLong(words.get(2)),
        words.get(4).equals("open"),
        streams);
  }

  /** The room that {@code numbered.mjs} names for this client. */
  String room() {
    return "room" + client % Numbers.ROOMS;
  }

  /** Whether the client is addressed by the emits of this stream. */
  boolean hears(String stream) {
    String kind = stream.substring(stream.indexOf('-') + 1);
    return !kind.startsWith("room") || kind.equals(room());
  }
}
