package io.starling.examples.guide;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.settings.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** Guide: configuration. */
public final class Configuring {
  private Configuring() {}

  /** Configuration in code. */
  public static SocketIoServerConfig inCode() {
    return SocketIoServerConfig.builder()
        .port(3000)
        .manager("redis://localhost:6379")
        .pingInterval(Duration.ofSeconds(10))
        .maxPayloadBytes(100_000)
        .build();
  }

  /**
   * Configuration from an application's own properties, and from the environment, which comes
   * first.
   */
  public static SocketIoServerConfig fromProperties(
      Properties properties, Map<String, String> environment) {
    return Settings.of(properties, environment).config().build();
  }
}
