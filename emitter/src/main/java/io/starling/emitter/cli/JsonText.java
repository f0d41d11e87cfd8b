package io.starling.emitter.cli;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How the commands read JSON, and how they show texts. Numbers keep all of their digits. */
final class JsonText {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Characters that would do something to a terminal. */
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\x80-\\x9f]");

  /** How much of a wrong text a message shows. */
  private static final int SHOWN = 60;

  /** The longest message. */
  private static final int LINE = 1_000;

  private JsonText() {}

  /**
   * Parses one JSON value.
   *
   * @param what stands before the text in the message of a fault
   * @param hint stands at the end of that message
   * @throws IllegalArgumentException when the text is no JSON value
   */
  static JsonNode read(String what, String text, String hint) {
    try {
      JsonNode value = MAPPER.readTree(text);
      if (!value.isMissingNode()) {
        return value;
      }
      throw new IllegalArgumentException(what + "nothing (expected: JSON" + hint + ")");
    } catch (JacksonException e) {
      String reason = visible(e.getOriginalMessage().replaceAll(" \\(start marker .*", ""));
      throw new IllegalArgumentException(
          "%s%s (expected: JSON; character %d: %s%s)"
              .formatted(what, shown(text), e.getLocation().getColumnNr(), reason, hint),
          e);
    }
  }

  /** The beginning of a text, without the characters that a terminal would obey. */
  static String shown(String text) {
    return visible(cut(text, SHOWN));
  }

  /** A message in one line that is not too long, without characters that a terminal would obey. */
  static String line(String message) {
    return visible(cut(message, LINE));
  }

  private static String cut(String text, int length) {
    return text.length() > length ? text.substring(0, length) + "…" : text;
  }

  /** The text with a question mark in place of each character that a terminal would obey. */
  static String visible(String text) {
    return CONTROLS.matcher(text).replaceAll("?");
  }
}
