package io.starling.protocol.payload;

import tools.jackson.core.JsonParser;

/** The rule for numbers in a payload: {@link java.math.BigDecimal} must be able to hold them. */
public final class WireNumber {
  /**
   * The highest number of digits of an exponent. A parser accepts numbers of at most 1,000
   * characters, so that with nine digits of exponent the scale of a BigDecimal is still an int.
   */
  private static final int MAX_EXPONENT_DIGITS = 9;

  private WireNumber() {}

  /**
   * Checks the number with a fraction or an exponent that is the current token of the parser.
   *
   * @throws IllegalArgumentException when the exponent has more than nine digits, leading zeros not
   *     counted
   */
  public static void requireReadable(JsonParser parser) {
    char[] text = parser.getStringCharacters();
    int start = parser.getStringOffset();
    int end = start + parser.getStringLength();
    int exponent = end;
    for (int at = start; at < end; at++) {
      if (text[at] == 'e' || text[at] == 'E') {
        exponent = at + 1;
      }
    }
    while (exponent < end && (text[exponent] < '1' || text[exponent] > '9')) {
      exponent++; // Skips the sign and leading zeros.
    }
    if (end - exponent > MAX_EXPONENT_DIGITS) {
      throw new IllegalArgumentException(
          "number: an exponent of "
              + (end - exponent)
              + " digits (expected: an exponent of at most "
              + MAX_EXPONENT_DIGITS
              + " digits)");
    }
  }
}
