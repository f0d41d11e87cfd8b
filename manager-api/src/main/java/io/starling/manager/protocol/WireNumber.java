package io.starling.manager.protocol;

import tools.jackson.core.JsonParser;

/** Which numbers a payload may have: those that {@link java.math.BigDecimal} can hold. */
public final class WireNumber {
  /**
   * A parser takes numbers of at most 1,000 characters. With such an exponent the scale of each is
   * an int.
   */
  private static final int MAX_EXPONENT_DIGITS = 9;

  private WireNumber() {}

  /**
   * Checks the number with a fraction or an exponent that the parser has just met.
   *
   * @throws IllegalArgumentException when its exponent is too long to be read
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
      exponent++; // a sign, or a zero in front
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
