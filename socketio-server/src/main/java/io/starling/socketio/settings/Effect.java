package io.starling.socketio.settings;

import io.starling.engineio.EngineIoConfig;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.TransportConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * What a setting does to the configuration.
 *
 * @param label what its value is, for people
 * @param repeatable given several times on the command line; separated by commas elsewhere
 */
record Effect(String label, boolean repeatable, Step step) {
  /** Reads the setting, and others that it goes with. */
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

  /** Read and judged elsewhere. */
  static Effect read(String label) {
    return step(label, (values, setting, config) -> {});
  }

  /** Read with another setting, and a fault without it unless it is the default anyway. */
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

  /** Checked only: one of these words. */
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

  /** Checked only: files that exist. */
  static Effect eachExisting(String label) {
    return repeated(
        label,
        (values, setting, config) ->
            values.texts(setting).forEach(text -> values.faults().existing(setting, text)));
  }

  static Effect repeated(String label, Step step) {
    return new Effect(label, true, step);
  }

  /** A setter of what concerns connections. */
  static <T> BiConsumer<SocketIoServerConfig.Builder, T> engine(
      BiConsumer<EngineIoConfig.Builder, T> setter) {
    return (config, value) -> config.engine(engine -> setter.accept(engine, value));
  }

  /** A setter of how the server is reached. */
  static <T> BiConsumer<SocketIoServerConfig.Builder, T> transport(
      BiConsumer<TransportConfig.Builder, T> setter) {
    return (config, value) -> config.transport(transport -> setter.accept(transport, value));
  }
}
