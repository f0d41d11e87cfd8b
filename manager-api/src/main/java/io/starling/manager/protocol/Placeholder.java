package io.starling.manager.protocol;

/** The object that stands for an attachment (Socket.IO protocol v5, "binary event"). */
final class Placeholder {
  static final String MARK = "_placeholder";
  static final String NUMBER = "num";

  private Placeholder() {}
}
