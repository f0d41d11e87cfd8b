package io.starling.socketio.settings;

import java.util.Locale;

/** The source of a value. A later constant hides an earlier one. */
public enum Source {
  /** The setting was not given. */
  DEFAULT,
  /** A properties file, or properties that code has passed. */
  FILE,
  ENVIRONMENT,
  COMMAND_LINE;

  /** The name for people, such as {@code command line}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
