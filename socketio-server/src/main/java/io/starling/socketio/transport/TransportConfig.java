package io.starling.socketio.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The network settings of a server beside its address: origins, proxies, TLS, compression, threads
 * and timeouts. Immutable.
 */
public final class TransportConfig {
  private final Builder values;

  private TransportConfig(Builder values) {
    this.values = new Builder(values);
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** See {@link Builder#cors}. */
  public CorsPolicy cors() {
    return values.cors;
  }

  /** See {@link Builder#trustedProxies}. */
  public Predicate<InetAddress> trustedProxies() {
    return values.trustedProxies;
  }

  /** See {@link Builder#cookie}. */
  public Optional<SessionCookie> cookie() {
    return Optional.ofNullable(values.cookie);
  }

  /** See {@link Builder#tls}. */
  public Optional<TlsConfig> tls() {
    return Optional.ofNullable(values.tls);
  }

  /** See {@link Builder#clientCertificates}. */
  public Optional<ClientCertificates> clientCertificates() {
    return Optional.ofNullable(values.clientCertificates);
  }

  /** See {@link Builder#httpCompression}. */
  public CompressionThreshold httpCompression() {
    return values.httpCompression;
  }

  /** See {@link Builder#webSocketCompression}. */
  public CompressionThreshold webSocketCompression() {
    return values.webSocketCompression;
  }

  /** See {@link Builder#io}. */
  public Optional<IoKind> io() {
    return Optional.ofNullable(values.io);
  }

  /** See {@link Builder#eventLoopThreads}. */
  public int eventLoopThreads() {
    return values.eventLoopThreads;
  }

  /** See {@link Builder#requestTimeout}. */
  public Duration requestTimeout() {
    return values.requestTimeout;
  }

  /** See {@link Builder#keepAliveTimeout}. */
  public Duration keepAliveTimeout() {
    return values.keepAliveTimeout;
  }

  /** See {@link Builder#maxRequestBodyBytes}. */
  public int maxRequestBodyBytes() {
    return values.maxRequestBodyBytes;
  }

  /** Collects settings; {@link #build} checks them all. */
  public static final class Builder {
    private CorsPolicy cors = CorsPolicy.sameOrigin();
    private Predicate<InetAddress> trustedProxies = address -> false;
    private @Nullable SessionCookie cookie;
    private @Nullable TlsConfig tls;
    private @Nullable ClientCertificates clientCertificates;
    private CompressionThreshold httpCompression = CompressionThreshold.STANDARD;
    private CompressionThreshold webSocketCompression = CompressionThreshold.OFF;
    private @Nullable IoKind io;
    private int eventLoopThreads = Runtime.getRuntime().availableProcessors();
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration keepAliveTimeout = Duration.ofSeconds(75);
    private int maxRequestBodyBytes = 1 << 20;

    private Builder() {}

    private Builder(Builder other) {
      cors = other.cors;
      trustedProxies = other.trustedProxies;
      cookie = other.cookie;
      tls = other.tls;
      clientCertificates = other.clientCertificates;
      httpCompression = other.httpCompression;
      webSocketCompression = other.webSocketCompression;
      io = other.io;
      eventLoopThreads = other.eventLoopThreads;
      requestTimeout = other.requestTimeout;
      keepAliveTimeout = other.keepAliveTimeout;
      maxRequestBodyBytes = other.maxRequestBodyBytes;
    }

    /** Decides which web pages may connect to the endpoints. Default: pages of the same origin. */
    public Builder cors(CorsPolicy value) {
      cors = value;
      return this;
    }

    /**
     * Decides by its address whether a peer is a trusted proxy, for example with {@link
     * AddressRanges}. From a trusted proxy the server accepts the fields {@code X-Forwarded-For},
     * {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} or, if none of them is there, {@code
     * Forwarded} (RFC 7239). The test runs on an event loop and must not block. Default: no peer is
     * trusted.
     */
    public Builder trustedProxies(Predicate<InetAddress> value) {
      trustedProxies = value;
      return this;
    }

    /** The cookie that is set when a session opens. Default: none. */
    public Builder cookie(SessionCookie value) {
      cookie = value;
      return this;
    }

    /**
     * Turns TLS 1.2 and 1.3 on, with this certificate. The server then accepts only {@code https}
     * and {@code wss}. Default: no TLS.
     */
    public Builder tls(TlsConfig value) {
      tls = value;
      return this;
    }

    /** Asks clients for certificates. Requires {@link #tls}. Default: no client is asked. */
    public Builder clientCertificates(ClientCertificates value) {
      clientCertificates = value;
      return this;
    }

    /**
     * The size from which responses to polls and static text files are compressed, for clients that
     * accept compression. Default: from 1,024 bytes.
     */
    public Builder httpCompression(CompressionThreshold value) {
      httpCompression = value;
      return this;
    }

    /**
     * The size from which WebSocket messages are compressed, for clients that offer the extension
     * permessage-deflate (RFC 7692). If compression is on, such clients may send compressed
     * messages, too. It costs processor time for every message. Default: off.
     */
    public Builder webSocketCompression(CompressionThreshold value) {
      webSocketCompression = value;
      return this;
    }

    /**
     * The interface of the operating system for network input and output. Default: the best one
     * that works on the machine; see {@link IoKind}.
     */
    public Builder io(IoKind value) {
      io = value;
      return this;
    }

    /** The number of event loop threads, at least 1. Default: one for each processor. */
    public Builder eventLoopThreads(int value) {
      eventLoopThreads = value;
      return this;
    }

    /**
     * The time that a connection has to send a complete request. It counts from the opening of the
     * connection and, for later requests, from their first byte. The same time limits how long a
     * client may leave a response unread. It does not limit how long a request, such as a poll,
     * waits for its response. Default 30 s; at least 1 ms.
     */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /**
     * The time that a connection stays open after a response without a further request. A load
     * balancer in front of the server must close idle connections earlier. Otherwise it may send a
     * request over a connection that the server has just closed. Default 75 s; at least 1 ms.
     */
    public Builder keepAliveTimeout(Duration value) {
      keepAliveTimeout = value;
      return this;
    }

    /**
     * The largest body of an HTTP request to the application's handler, in bytes. A larger request
     * gets status 413. Default 1 MiB; at least 1. It does not limit the messages of Socket.IO
     * clients.
     */
    public Builder maxRequestBodyBytes(int value) {
      maxRequestBodyBytes = value;
      return this;
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming every setting that is out of range
     */
    public TransportConfig build() {
      List<String> faults = new ArrayList<>();
      if (eventLoopThreads < 1) {
        faults.add("eventLoopThreads: " + eventLoopThreads + " (expected: > 0)");
      }
      if (requestTimeout.toMillis() <= 0) {
        faults.add("requestTimeout: " + requestTimeout + " (expected: at least PT0.001S)");
      }
      if (keepAliveTimeout.toMillis() <= 0) {
        faults.add("keepAliveTimeout: " + keepAliveTimeout + " (expected: at least PT0.001S)");
      }
      if (maxRequestBodyBytes < 1) {
        faults.add("maxRequestBodyBytes: " + maxRequestBodyBytes + " (expected: > 0)");
      }
      if (clientCertificates != null && tls == null) {
        faults.add("clientCertificates: given (expected: tls beside it)");
      }
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
      return new TransportConfig(this);
    }
  }
}
