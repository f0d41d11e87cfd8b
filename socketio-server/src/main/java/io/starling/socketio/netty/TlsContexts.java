package io.starling.socketio.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.starling.socketio.transport.ClientCertificates;
import io.starling.socketio.transport.TlsConfig;
import io.starling.socketio.transport.TransportConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate for new TLS connections. A new connection triggers a check whether the
 * certificate files have changed, at most once in two seconds. The check runs on the executor, and
 * new connections never wait for it. Thread-safe.
 */
final class TlsContexts {
  private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

  private final TlsConfig config;
  private final Optional<ClientCertificates> clients;
  private final Executor executor;
  private final Consumer<String> faults;

  /**
   * When the last check began, in terms of {@link System#nanoTime}; at first, when this object was
   * made.
   */
  private final AtomicLong checkedNanos = new AtomicLong(System.nanoTime());

  private volatile SslContext current;

  /**
   * The time and size of each file when the files were last read, successfully or not. Guarded by
   * this.
   */
  private List<String> seen;

  /**
   * Reads the files. Blocks.
   *
   * @param faults receives a message when changed files cannot be used
   * @throws IllegalArgumentException naming the file at fault
   */
  TlsContexts(TransportConfig transport, Executor executor, Consumer<String> faults) {
    this.config = transport.tls().orElseThrow();
    this.clients = transport.clientCertificates();
    this.executor = executor;
    this.faults = faults;
    this.seen = look();
    this.current = context();
  }

  /** The TLS handler for a new connection. */
  SslHandler handler(ByteBufAllocator allocator) {
    long last = checkedNanos.get();
    long now = System.nanoTime();
    if (now - last >= CHECK_INTERVAL.toNanos() && checkedNanos.compareAndSet(last, now)) {
      try {
        executor.execute(this::reloadSafely);
      } catch (RejectedExecutionException e) {
        // The executor is busy or closing. A later connection will trigger the check.
      }
    }
    return current.newHandler(allocator);
  }

  /**
   * Reads the files again. Blocks.
   *
   * @throws IllegalArgumentException naming the file at fault; the old certificate stays in use
   */
  synchronized void reload() {
    seen = look();
    current = context();
  }

  /** Reads changed files again. The executor would end with a task that throws. */
  private void reloadSafely() {
    try {
      reloadIfChanged();
    } catch (Throwable e) {
      LOG.error("The certificate files could not be looked at", e);
    }
  }

  /**
   * Reads the files again if one of them has changed. If they cannot be used, reports this once and
   * keeps the old certificate. Blocks.
   */
  void reloadIfChanged() {
    String fault = faultOfChange();
    if (fault != null) {
      faults.accept(fault);
    }
  }

  private synchronized @Nullable String faultOfChange() {
    if (look().equals(seen)) {
      return null;
    }
    try {
      reload();
      return null;
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private List<String> look() {
    return Stream.concat(
            config.files().stream(), clients.stream().map(ClientCertificates::authorities))
        .map(TlsContexts::look)
        .toList();
  }

  private static String look(Path file) {
    try {
      return Files.getLastModifiedTime(file) + " " + Files.size(file);
    } catch (IOException e) {
      return "missing";
    }
  }

  private SslContext context() {
    TlsIdentity identity = TlsIdentity.read(config);
    SslContextBuilder builder =
        SslContextBuilder.forServer(identity.key(), identity.certificates())
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2");
    clients.ifPresent(
        asked ->
            builder
                .trustManager(TlsIdentity.certificates("tls-client-ca", asked.authorities()))
                .clientAuth(asked.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL));
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("tls: " + config + " (expected: a usable key)", e);
    }
  }
}
