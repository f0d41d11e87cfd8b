package io.starling.protocol.payload;

/**
 * The property names of the JSON object that stands for a binary value in the text of a payload
 * (Socket.IO protocol v5, "binary event").
 */
final class Placeholder {
  static final String MARK = "_placeholder";
  static final String NUMBER = "num";

  private Placeholder() {}
}
