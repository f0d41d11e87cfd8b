package io.starling.socketio.settings;

import io.starling.engineio.TransportKind;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.IoKind;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.SessionCookie.SameSite;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the settings of HTTP, such as allowed origins, trusted proxies and cookies. */
final class TransportSteps {
  private TransportSteps() {}

  static void transports(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    values
        .parsed(setting, "polling, websocket or both", TransportSteps::kinds)
        .ifPresent(kinds -> config.engine(engine -> engine.transports(kinds)));
  }

  static void io(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    values
        .choice(setting, IoKind.class)
        .ifPresent(kind -> config.transport(transport -> transport.io(kind)));
  }

  static void trustedProxies(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    values
        .list(setting)
        .flatMap(ranges -> values.faults().checked(() -> AddressRanges.of(ranges)))
        .ifPresent(ranges -> config.transport(transport -> transport.trustedProxies(ranges)));
  }

  static void cors(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    boolean credentials = values.flag(Setting.CORS_CREDENTIALS).orElse(false);
    values
        .list(setting)
        .flatMap(origins -> values.faults().checked(() -> policy(origins)))
        .map(policy -> credentials ? policy.withCredentials() : policy)
        .ifPresent(config::cors);
  }

  static void cookie(Values values, Setting setting, SocketIoServerConfig.Builder config) {
    String path = values.text(Setting.COOKIE_PATH).orElse("/");
    boolean httpOnly = values.flag(Setting.COOKIE_HTTP_ONLY).orElse(true);
    boolean secure = values.flag(Setting.COOKIE_SECURE).orElse(false);
    SameSite sameSite =
        values.choice(Setting.COOKIE_SAME_SITE, SameSite.class).orElse(SameSite.LAX);
    values
        .text(setting)
        .flatMap(
            name ->
                values
                    .faults()
                    .checked(() -> new SessionCookie(name, path, httpOnly, secure, sameSite)))
        .ifPresent(cookie -> config.transport(transport -> transport.cookie(cookie)));
  }

  /** A step that reads a size in bytes, or {@code off}. */
  static Effect.Step threshold(
      BiConsumer<SocketIoServerConfig.Builder, CompressionThreshold> setter) {
    return (values, setting, config) -> {
      Optional<CompressionThreshold> threshold =
          values.text(setting).filter("off"::equals).isPresent()
              ? Optional.of(CompressionThreshold.OFF)
              : values.number(setting, 0, Integer.MAX_VALUE - 1).map(CompressionThreshold::new);
      threshold.ifPresent(value -> setter.accept(config, value));
    };
  }

  private static CorsPolicy policy(List<String> origins) {
    return origins.equals(List.of("off")) ? CorsPolicy.off() : CorsPolicy.of(origins);
  }

  private static Optional<Set<TransportKind>> kinds(String text) {
    List<Optional<TransportKind>> kinds =
        Stream.of(text.split(",", -1)).map(name -> TransportKind.of(name.strip())).toList();
    return kinds.contains(Optional.<TransportKind>empty())
        ? Optional.empty()
        : Optional.of(kinds.stream().map(Optional::orElseThrow).collect(Collectors.toSet()));
  }
}
