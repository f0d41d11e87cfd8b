package io.starling.socketio.cli;

import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.TransportKind;
import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.IoKind;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.SessionCookie.SameSite;
import io.starling.socketio.transport.TransportConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the settings mean for connections, and for how the server is reached. */
final class TransportSettings {
  private static final int MAX_THREADS = 1024;

  private final Settings settings;
  private final Faults faults;

  TransportSettings(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  static void engine(Settings settings, EngineIoConfig.Builder engine) {
    settings.duration(Setting.PING_INTERVAL).ifPresent(engine::pingInterval);
    settings.duration(Setting.PING_TIMEOUT).ifPresent(engine::pingTimeout);
    settings.duration(Setting.UPGRADE_TIMEOUT).ifPresent(engine::upgradeTimeout);
    settings.duration(Setting.CLOSE_TIMEOUT).ifPresent(engine::closeTimeout);
    settings
        .number(Setting.MAX_PAYLOAD_BYTES, 1, Integer.MAX_VALUE)
        .ifPresent(engine::maxPayloadBytes);
    settings
        .number(Setting.MAX_QUEUED_BYTES, 1, Integer.MAX_VALUE)
        .ifPresent(engine::maxQueuedBytes);
    settings
        .parsed(Setting.TRANSPORTS, "polling, websocket or both", TransportSettings::kinds)
        .ifPresent(engine::transports);
  }

  void apply(TransportConfig.Builder transport) {
    settings.duration(Setting.REQUEST_TIMEOUT).ifPresent(transport::requestTimeout);
    settings
        .number(Setting.EVENT_LOOP_THREADS, 1, MAX_THREADS)
        .ifPresent(transport::eventLoopThreads);
    settings.choice(Setting.IO, IoKind.class).ifPresent(transport::io);
    cors().ifPresent(transport::cors);
    settings
        .list(Setting.TRUSTED_PROXIES)
        .flatMap(ranges -> checked(() -> AddressRanges.of(ranges)))
        .ifPresent(transport::trustedProxies);
    cookie().ifPresent(transport::cookie);
    TlsSettings tls = new TlsSettings(settings, faults);
    tls.read().ifPresent(transport::tls);
    tls.clients().ifPresent(transport::clientCertificates);
    threshold(Setting.HTTP_COMPRESSION).ifPresent(transport::httpCompression);
    threshold(Setting.WEBSOCKET_COMPRESSION).ifPresent(transport::webSocketCompression);
  }

  private Optional<CorsPolicy> cors() {
    boolean credentials = settings.flag(Setting.CORS_CREDENTIALS).orElse(false);
    Optional<List<String>> origins = settings.list(Setting.CORS_ORIGINS);
    if (origins.isEmpty()) {
      if (credentials) {
        faults.add("cors-credentials: true (expected: cors-origins beside it)");
      }
      return Optional.empty();
    }
    CorsPolicy policy;
    if (origins.get().equals(List.of("off"))) {
      policy = CorsPolicy.off();
    } else {
      policy = origins.get().contains("*") ? CorsPolicy.any() : CorsPolicy.of(origins.get());
    }
    return Optional.of(credentials ? policy.withCredentials() : policy);
  }

  private Optional<SessionCookie> cookie() {
    String path = settings.text(Setting.COOKIE_PATH).orElse("/");
    boolean httpOnly = settings.flag(Setting.COOKIE_HTTP_ONLY).orElse(true);
    boolean secure = settings.flag(Setting.COOKIE_SECURE).orElse(false);
    SameSite sameSite =
        settings.choice(Setting.COOKIE_SAME_SITE, SameSite.class).orElse(SameSite.LAX);
    return settings
        .text(Setting.COOKIE)
        .flatMap(name -> checked(() -> new SessionCookie(name, path, httpOnly, secure, sameSite)));
  }

  private Optional<CompressionThreshold> threshold(Setting setting) {
    return settings.text(setting).filter("off"::equals).isPresent()
        ? Optional.of(CompressionThreshold.OFF)
        : settings.number(setting, 0, Integer.MAX_VALUE - 1).map(CompressionThreshold::new);
  }

  private <T> Optional<T> checked(Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<Set<TransportKind>> kinds(String text) {
    List<Optional<TransportKind>> kinds =
        List.of(text.split(",", -1)).stream().map(name -> TransportKind.of(name.strip())).toList();
    return kinds.contains(Optional.<TransportKind>empty())
        ? Optional.empty()
        : Optional.of(kinds.stream().map(Optional::orElseThrow).collect(Collectors.toSet()));
  }
}
