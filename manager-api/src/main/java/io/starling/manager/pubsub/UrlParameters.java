package io.starling.manager.pubsub;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query parameters of a broker URL. It collects the faults of all parameters, so that a
 * user learns of them together. Not safe for use by several threads.
 */
public final class UrlParameters {
  private final Map<String, String> given;
  private final List<String> faults = new ArrayList<>();

  public UrlParameters(BackendUrl url) {
    this.given = url.parameters();
  }

  /** Returns the value of a parameter; null when the URL does not have it. */
  public @Nullable String text(String name) {
    return given.get(name);
  }

  /**
   * Returns the value of a parameter that is a number.
   *
   * @param standard the result when the URL does not have the parameter, or has a wrong value
   * @param most {@link Long#MAX_VALUE} for no upper limit
   */
  public long number(String name, long standard, long least, long most) {
    String text = given.get(name);
    if (text == null) {
      return standard;
    }
    if (!text.matches("[0-9]{1,12}")) {
      fault(name + ": " + text + " (expected: a whole number)");
      return standard;
    }
    long value = Long.parseLong(text);
    if (value < least || value > most) {
      String range = most == Long.MAX_VALUE ? "at least " + least : least + " to " + most;
      fault(name + ": " + value + " (expected: " + range + ")");
    }
    return value;
  }

  /** Returns the value of a parameter that is {@code true} or {@code false}. */
  public boolean flag(String name, boolean standard) {
    String text = given.getOrDefault(name, Boolean.toString(standard));
    if (!text.equals("true") && !text.equals("false")) {
      fault(name + ": " + text + " (expected: true or false)");
    }
    return text.equals("true");
  }

  /**
   * Returns the value of the parameter {@code verify}, which says how far the certificate of the
   * broker is checked: {@code full} (the default), {@code ca} or {@code none}.
   */
  public String verify() {
    String mode = given.getOrDefault("verify", "full");
    if (List.of("full", "ca", "none").contains(mode)) {
      return mode;
    }
    fault("verify: " + mode + " (expected: one of ca, full, none)");
    return "full";
  }

  /** Adds a fault that the caller has found. */
  public void fault(String line) {
    faults.add(line);
  }

  /**
   * Reports the faults of all parameters together. Call this method after the last parameter.
   *
   * @throws IllegalArgumentException with one line for each fault, if there is any
   */
  public void check() {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
