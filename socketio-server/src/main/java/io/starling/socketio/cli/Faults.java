package io.starling.socketio.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong with the settings, one line each: {@code name: value (expected: …)}. */
final class Faults {
  private final List<String> lines = new ArrayList<>();

  void add(Setting setting, String value, String expected) {
    add(setting.plainName() + ": " + value + " (expected: " + expected + ")");
  }

  /** A name that is not known, with the nearest that is. */
  void addUnknown(String name, Stream<String> known) {
    String nearest =
        known.min((a, b) -> Integer.compare(distance(name, a), distance(name, b))).orElse("none");
    add(name + ": unknown (expected: " + nearest + "?)");
  }

  void add(String line) {
    lines.add(line);
  }

  List<String> lines() {
    return lines;
  }

  /** Levenshtein's: how many letters to insert, remove or replace. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
