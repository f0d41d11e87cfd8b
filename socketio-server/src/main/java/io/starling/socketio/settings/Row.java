package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a setting has beside its name and its sentence.
 *
 * @param standard the default, as text for people
 * @param repeatable whether the setting may have several values
 * @param effect parses the value that was given, if any, and sets it in the configuration
 */
record Row(SettingType<?> type, String standard, boolean repeatable, Effect effect) {
  @FunctionalInterface
  interface Effect {
    void apply(ServerSetting setting, SettingsParser given);
  }

  /** A setting that one method of the builder sets. */
  static <T> Row set(
      SettingType<T> type, String standard, BiConsumer<SocketIoServerConfig.Builder, T> setter) {
    return new Row(type, standard, false, (setting, given) -> given.set(setting, type, setter));
  }

  /** A setting whose method is called once for each value. */
  static <T> Row setEach(SettingType<T> type, BiConsumer<SocketIoServerConfig.Builder, T> setter) {
    return new Row(type, "none", true, (setting, given) -> given.set(setting, type, setter));
  }

  /** A setting that is checked here and read elsewhere. */
  static <T> Row checked(SettingType<T> type, String standard) {
    return set(type, standard, (config, value) -> {});
  }

  /**
   * The first setting of a group. The setter of the group gets the values of all its settings
   * together, also when this first one was not given.
   */
  static Row group(SettingType<?> type, String standard, Consumer<SettingsParser> setter) {
    return new Row(type, standard, false, (setting, given) -> setter.accept(given));
  }

  /** A setting that the setter of its group, or the executable, reads. */
  static Row read(SettingType<?> type, String standard) {
    return new Row(type, standard, false, (setting, given) -> {});
  }

  /**
   * A setting that the setter of its group reads, and that has no meaning without another one.
   * Alone it is a fault, unless it is equal to the default.
   */
  static Row part(SettingType<?> type, String standard, ServerSetting whole) {
    return new Row(
        type,
        standard,
        false,
        (setting, given) -> {
          if (!given.has(whole) && !given.text(setting).orElse(standard).equals(standard)) {
            throw setting.fault(
                given.text(setting).orElseThrow(), whole.plainName() + " beside it");
          }
        });
  }
}
