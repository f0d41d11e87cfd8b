package io.starling.integration.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Numbered messages from several origins, as one client hears them. Safe for use by threads. */
public final class NumberedStreams {
  private final String client;
  private Map<String, Integer> expected;
  private final Map<String, List<Integer>> heard = new LinkedHashMap<>();
  private int total;

  /**
   * @param client names the client in the failure message
   * @param expected how many messages each origin sends, numbered from 0
   */
  public NumberedStreams(String client, Map<String, Integer> expected) {
    this.client = client;
    this.expected = new LinkedHashMap<>(expected);
  }

  /** Says later what is expected. */
  public synchronized void expect(Map<String, Integer> counts) {
    expected = new LinkedHashMap<>(counts);
  }

  public synchronized void heard(String origin, int number) {
    heard.computeIfAbsent(origin, name -> new ArrayList<>()).add(number);
    total++;
  }

  /** How many messages came, so that a test can see whether there is progress. */
  public synchronized int total() {
    return total;
  }

  /** Whether at least the expected number of messages came from each origin. */
  public synchronized boolean enough() {
    return expected.entrySet().stream().allMatch(e -> of(e.getKey()).size() >= e.getValue());
  }

  /** What is missing, came twice, or came out of order; empty when all is well. */
  public synchronized List<String> faults() {
    List<String> faults = new ArrayList<>();
    expected.forEach((origin, count) -> check(origin, count, faults));
    heard.keySet().stream()
        .filter(origin -> !expected.containsKey(origin))
        .forEach(origin -> faults.add(client + ": unknown origin " + origin));
    return faults;
  }

  private void check(String origin, int count, List<String> faults) {
    Set<Integer> seen = new HashSet<>();
    Set<Integer> missing = new TreeSet<>();
    List<Integer> twice = new ArrayList<>();
    List<Integer> late = new ArrayList<>();
    int highest = -1;
    for (int number : of(origin)) {
      if (!seen.add(number)) {
        twice.add(number);
      } else if (number < highest) {
        late.add(number);
      }
      highest = Math.max(highest, number);
    }
    for (int number = 0; number < count; number++) {
      if (!seen.contains(number)) {
        missing.add(number);
      }
    }
    report(origin, "missing", List.copyOf(missing), faults);
    report(origin, "twice", twice, faults);
    report(origin, "out of order", late, faults);
  }

  private void report(String origin, String fault, List<Integer> numbers, List<String> faults) {
    if (!numbers.isEmpty()) {
      faults.add(
          "%s, from %s: %d %s, first %d"
              .formatted(client, origin, numbers.size(), fault, numbers.get(0)));
    }
  }

  private List<Integer> of(String origin) {
    return heard.getOrDefault(origin, List.of());
  }
}
