package io.starling.socketio.settings;

import io.starling.engineio.EngineIoConfig;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.TransportConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * How the value of a setting is read and what it changes in the configuration.
 *
 * @param label a placeholder for the value in the help, such as {@code PORT}
 * @param repeatable whether the setting may have several values. On the command line the option is
 *     repeated; in other sources the values are separated by commas
 * @param step reads the value and sets it
 */
record Effect(String label, boolean repeatable, Step step) {
  /**
   * Reads the value of a setting, and of others that belong to it, and sets it in the
   * configuration.
   */
  @FunctionalInterface
  interface Step {
    void apply(Values values, Setting setting, SocketIoServerConfig.Builder config);
  }

  static Effect step(String label, Step step) {
    return new Effect(label, false, step);
  }

  static Effect number(
      String label, int min, int max, BiConsumer<SocketIoServerConfig.Builder, Integer> setter) {
    return step(
        label,
        (values, setting, config) ->
            values.number(setting, min, max).ifPresent(number -> setter.accept(config, number)));
  }

  static Effect bytes(BiConsumer<SocketIoServerConfig.Builder, Long> setter) {
    return step(
        "BYTES",
        (values, setting, config) ->
            values.bytes(setting).ifPresent(bytes -> setter.accept(config, bytes)));
  }

  static Effect flag(BiConsumer<SocketIoServerConfig.Builder, Boolean> setter) {
    return step(
        "true|false",
        (values, setting, config) ->
            values.flag(setting).ifPresent(flag -> setter.accept(config, flag)));
  }

  static Effect duration(BiConsumer<SocketIoServerConfig.Builder, Duration> setter) {
    return step(
        "DURATION",
        (values, setting, config) ->
            values.duration(setting).ifPresent(duration -> setter.accept(config, duration)));
  }

  static Effect text(String label, BiConsumer<SocketIoServerConfig.Builder, String> setter) {
    return step(
        label,
        (values, setting, config) ->
            values.notEmpty(setting).ifPresent(text -> setter.accept(config, text)));
  }

  /** An effect that does nothing: another setting or the executable reads this value. */
  static Effect read(String label) {
    return step(label, (values, setting, config) -> {});
  }

  /**
   * An effect that only checks: the value belongs to another setting, which reads it. Without the
   * other setting it is a fault, unless it is equal to the default.
   */
  static Effect partOf(Setting whole, String label) {
    return step(
        label,
        (values, setting, config) ->
            values
                .text(setting)
                .filter(text -> !values.given(whole) && !text.equals(setting.standard()))
                .ifPresent(
                    text -> values.faults().add(setting, text, whole.plainName() + " beside it")));
  }

  /**
   * An effect that only checks that the value is one of these words; upper and lower case are
   * equal.
   */
  static Effect word(String label, String... words) {
    String last = words[words.length - 1];
    String others = String.join(", ", List.of(words).subList(0, words.length - 1));
    return step(
        label,
        (values, setting, config) ->
            values
                .text(setting)
                .filter(text -> !List.of(words).contains(text.toLowerCase(Locale.ROOT)))
                .ifPresent(text -> values.faults().add(setting, text, others + " or " + last)));
  }

  /** An effect that only checks that each value names a file or directory that exists. */
  static Effect eachExisting(String label) {
    return repeated(
        label,
        (values, setting, config) ->
            values.texts(setting).forEach(text -> values.faults().existing(setting, text)));
  }

  static Effect repeated(String label, Step step) {
    return new Effect(label, true, step);
  }

  /** Makes a setter of the server's configuration from a setter of the Engine.IO configuration. */
  static <T> BiConsumer<SocketIoServerConfig.Builder, T> engine(
      BiConsumer<EngineIoConfig.Builder, T> setter) {
    return (config, value) -> config.engine(engine -> setter.accept(engine, value));
  }

  /**
   * Makes a setter of the server's configuration from a setter of the HTTP and TLS configuration.
   */
  static <T> BiConsumer<SocketIoServerConfig.Builder, T> transport(
      BiConsumer<TransportConfig.Builder, T> setter) {
    return (config, value) -> config.transport(transport -> setter.accept(transport, value));
  }
}
