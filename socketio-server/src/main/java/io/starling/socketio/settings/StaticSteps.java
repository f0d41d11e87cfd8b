package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.Optional;

/** Reads the settings of static files. */
final class StaticSteps {
  private static final String FIELD_VALUE = "[\\x20-\\x7e]+";

  private StaticSteps() {}

  static void rules(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    for (String mapping : values.texts(setting)) {
      int equals = mapping.indexOf('=');
      if (equals < 1 || !mapping.startsWith("/")) {
        values.faults().add(setting, mapping, "/prefix=directory");
      } else {
        values
            .faults()
            .existing(setting, mapping.substring(equals + 1))
            .ifPresent(root -> config.staticFiles(mapping.substring(0, equals), root));
      }
    }
  }

  static void defaultDocument(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    matching(values, setting, "[^/\\\\]+", "the name of a file")
        .ifPresent(name -> config.staticFiles(files -> files.defaultDocument(name)));
  }

  static void cacheControl(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    matching(values, setting, FIELD_VALUE, "such as max-age=3600")
        .ifPresent(value -> config.staticFiles(files -> files.cacheControl(value)));
  }

  static void types(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    for (String mapping : values.texts(setting)) {
      int equals = mapping.indexOf('=');
      String type = mapping.substring(equals + 1);
      if (equals < 1 || !type.matches(FIELD_VALUE)) {
        values.faults().add(setting, mapping, "such as glb=model/gltf-binary");
      } else {
        config.staticFiles(files -> files.contentType(mapping.substring(0, equals), type));
      }
    }
  }

  private static Optional<String> matching(
      Values values, Setting setting, String pattern, String expected) {
    return values.parsed(
        setting, expected, text -> Optional.of(text).filter(given -> given.matches(pattern)));
  }
}
