package io.starling.socketio.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How a server is reached, besides its address; immutable. */
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

    /** Which web pages may talk to the endpoints. Default: those of the same origin. */
    public Builder cors(CorsPolicy value) {
      cors = value;
      return this;
    }

    /**
     * The peers whose {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} fields count, such
     * as {@link AddressRanges}. Default: none.
     */
    public Builder trustedProxies(Predicate<InetAddress> value) {
      trustedProxies = value;
      return this;
    }

    /** The cookie that the response which opens a session sets. Default: none. */
    public Builder cookie(SessionCookie value) {
      cookie = value;
      return this;
    }

    /** Serves https and wss only, TLS 1.2 and 1.3, with this certificate. Default: no TLS. */
    public Builder tls(TlsConfig value) {
      tls = value;
      return this;
    }

    /** Asks clients for certificates; needs {@link #tls}. Default: nobody is asked. */
    public Builder clientCertificates(ClientCertificates value) {
      clientCertificates = value;
      return this;
    }

    /**
     * From which size on responses to polls, and static texts, are compressed for clients that
     * accept it. Default: from 1,024 bytes.
     */
    public Builder httpCompression(CompressionThreshold value) {
      httpCompression = value;
      return this;
    }

    /**
     * From which size on WebSocket messages are compressed for clients that offer
     * permessage-deflate; what these compress is understood then too. Costs processor time for
     * every message. Default: off.
     */
    public Builder webSocketCompression(CompressionThreshold value) {
      webSocketCompression = value;
      return this;
    }

    /** How the operating system is asked for input and output. Default: the best that works. */
    public Builder io(IoKind value) {
      io = value;
      return this;
    }

    /** How many threads do the input and output. Default: one for each processor. */
    public Builder eventLoopThreads(int value) {
      eventLoopThreads = value;
      return this;
    }

    /**
     * How long a connection may take to send a request, from its opening or from the first byte on,
     * and how long it may leave a response unread. A request that waits for its response, such as a
     * poll, is not limited. Default 30 s.
     */
    public Builder requestTimeout(Duration value) {
      requestTimeout = value;
      return this;
    }

    /**
     * How long a connection stays open after a response until the next request begins. A load
     * balancer in front must close its idle connections earlier, or it will send requests over some
     * that were just closed here. Default 75 s.
     */
    public Builder keepAliveTimeout(Duration value) {
      keepAliveTimeout = value;
      return this;
    }

    /**
     * The longest body of a request that the application handles; a longer one gets status 413.
     * Default 1 MiB. Messages of clients have a bound of their own.
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
