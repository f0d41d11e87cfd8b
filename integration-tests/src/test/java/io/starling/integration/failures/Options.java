package io.starling.integration.failures;

/** What both commands do with their arguments. */
final class Options {
  private Options() {}

  /** The argument after an option. */
  static String value(String[] arguments, int index) {
    if (index >= arguments.length) {
      throw new IllegalArgumentException(
          arguments[index - 1] + ": nothing after it (expected: a value)");
    }
    return arguments[index];
  }
}
