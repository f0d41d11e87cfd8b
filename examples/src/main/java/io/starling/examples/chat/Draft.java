package io.starling.examples.chat;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A message that a client has sent, after its checks.
 *
 * @param id the number that the client has given to the message
 * @param text the text; may be empty when there is a picture
 */
record Draft(long id, String room, String text, @Nullable Picture picture) {
  static final int MOST_IMAGE_BYTES = 700_000;
  private static final int LONGEST_TEXT = 2000;

  /**
   * Reads the argument that a client has sent.
   *
   * @throws IllegalArgumentException when it is not a valid message
   */
  static Draft of(JsonNode sent) {
    String text = sent.path("text").asString("").strip();
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "text: " + text.length() + " characters (expected: at most " + LONGEST_TEXT + ")");
    }
    JsonNode image = sent.path("image");
    Picture picture = image.isBinary() ? picture(image.binaryValue()) : null;
    if (text.isEmpty() && picture == null) {
      throw new IllegalArgumentException("text: empty (expected: some, or an image)");
    }
    String room = Names.ROOM.check(sent.path("room").asString(""));
    return new Draft(sent.path("id").asLong(0), room, text, picture);
  }

  private static Picture picture(byte[] image) {
    if (image.length > MOST_IMAGE_BYTES) {
      throw new IllegalArgumentException(
          "image: " + image.length + " bytes (expected: at most " + MOST_IMAGE_BYTES + ")");
    }
    return Picture.of(image);
  }
}
