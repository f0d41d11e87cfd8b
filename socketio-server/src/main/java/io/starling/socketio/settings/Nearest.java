package io.starling.socketio.settings;

import java.util.Comparator;
import java.util.stream.Stream;

/** Finds the known name that is most similar to a misspelt one. */
final class Nearest {
  private Nearest() {}

  static String to(String name, Stream<String> known) {
    return known.min(Comparator.comparingInt(candidate -> distance(name, candidate))).orElseThrow();
  }

  /** The Levenshtein distance: how many letters must be inserted, removed or replaced. */
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
