package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Parses the texts of all settings once and sets the values in a configuration. Gathers the faults
 * of all settings, one line each.
 */
final class SettingsParser {
  private final Settings settings;
  private final List<String> faults;
  private final SocketIoServerConfig.Builder config = SocketIoServerConfig.builder();

  /**
   * A parser.
   *
   * @param faults those that were found before
   */
  SettingsParser(Settings settings, List<String> faults) {
    this.settings = settings;
    this.faults = new ArrayList<>(faults);
  }

  /**
   * A builder that holds the values.
   *
   * @throws IllegalArgumentException naming all faults
   */
  SocketIoServerConfig.Builder parse() {
    for (ServerSetting setting : ServerSetting.values()) {
      gatherFaults(() -> setting.row().effect().apply(setting, this));
    }
    gatherFaults(config::build);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return config;
  }

  SocketIoServerConfig.Builder config() {
    return config;
  }

  boolean has(ServerSetting setting) {
    return text(setting).isPresent();
  }

  Optional<String> text(ServerSetting setting) {
    return settings.text(setting);
  }

  /** The value that was given; empty if none was given, or if it is a fault. */
  <T> Optional<T> value(ServerSetting setting, SettingType<T> type) {
    return text(setting).flatMap(text -> parsed(setting, type, text));
  }

  /** The value that was given; the default if none was given, or if it is a fault. */
  <T> T valueOrDefault(ServerSetting setting, SettingType<T> type) {
    return value(setting, type).orElseGet(() -> type.parser().apply(setting.standard()));
  }

  /** Passes each value that was given to a setter of the builder. */
  <T> void set(
      ServerSetting setting,
      SettingType<T> type,
      BiConsumer<SocketIoServerConfig.Builder, T> setter) {
    for (String text : settings.texts(setting)) {
      parsed(setting, type, text)
          .ifPresent(value -> gatherFaults(() -> setter.accept(config, value)));
    }
  }

  private <T> Optional<T> parsed(ServerSetting setting, SettingType<T> type, String text) {
    try {
      return Optional.of(type.parser().apply(text));
    } catch (IllegalArgumentException e) {
      gather(setting.fault(text, type.expected()));
      return Optional.empty();
    }
  }

  private void gatherFaults(Runnable step) {
    try {
      step.run();
    } catch (IllegalArgumentException e) {
      gather(e);
    }
  }

  private void gather(IllegalArgumentException fault) {
    faults.add(String.valueOf(fault.getMessage()));
  }
}
