package io.starling.socketio.settings;

import java.util.Locale;

/** Where a value comes from; a later one goes before an earlier one. */
public enum Source {
  /** It was not given. */
  DEFAULT,
  /** A properties file, or properties given by code. */
  FILE,
  ENVIRONMENT,
  COMMAND_LINE;

  /** For people, such as {@code command line}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
