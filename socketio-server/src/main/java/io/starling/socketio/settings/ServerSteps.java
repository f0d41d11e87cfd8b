package io.starling.socketio.settings;

import io.starling.socketio.SocketIoServerConfig;
import java.util.Optional;

/** Reads the settings of the server as a whole that need more than a converted value. */
final class ServerSteps {
  private ServerSteps() {}

  static void path(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    values
        .parsed(
            setting, "a leading slash", text -> Optional.of(text).filter(t -> t.startsWith("/")))
        .ifPresent(config::path);
  }

  static void readyNeedsBroker(
      Values values, Setting setting, SocketIoServerConfig.Builder config) {
    values.flag(setting).ifPresent(config::readyNeedsBroker);
  }
}
