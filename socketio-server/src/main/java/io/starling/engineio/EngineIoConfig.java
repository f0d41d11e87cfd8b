package io.starling.engineio;

import io.starling.protocol.engineio.HandshakeError;
import io.starling.protocol.engineio.OpenData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The settings of an {@link EngineIoServer}. Immutable. Settings that the official server has, too,
 * have its defaults.
 */
public final class EngineIoConfig {
  private static final Duration MAX_DURATION = Duration.ofDays(1);

  private final Builder values;

  private EngineIoConfig(Builder values) {
    this.values = new Builder(values);
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** See {@link Builder#pingInterval}. */
  public Duration pingInterval() {
    return values.pingInterval;
  }

  /** See {@link Builder#pingTimeout}. */
  public Duration pingTimeout() {
    return values.pingTimeout;
  }

  /** See {@link Builder#upgradeTimeout}. */
  public Duration upgradeTimeout() {
    return values.upgradeTimeout;
  }

  /** See {@link Builder#closeTimeout}. */
  public Duration closeTimeout() {
    return values.closeTimeout;
  }

  /** See {@link Builder#maxPayloadBytes}. */
  public int maxPayloadBytes() {
    return values.maxPayloadBytes;
  }

  /** See {@link Builder#maxQueuedBytes}. */
  public long maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** See {@link Builder#maxQueuedBytesTotal}. */
  public long maxQueuedBytesTotal() {
    return values.maxQueuedBytesTotal;
  }

  /** See {@link Builder#slowConsumerTimeout}. */
  public Duration slowConsumerTimeout() {
    return values.slowConsumerTimeout;
  }

  /** See {@link Builder#transports}. */
  public Set<TransportKind> transports() {
    return Set.copyOf(values.transports);
  }

  /** See {@link Builder#allowRequest}. */
  public Predicate<HandshakeRequest> allowRequest() {
    return values.allowRequest;
  }

  /** The content of the open packet of a new session over a transport. */
  OpenData openData(String id, TransportKind kind) {
    boolean upgradable =
        kind == TransportKind.POLLING && values.transports.contains(TransportKind.WEBSOCKET);
    List<String> upgrades = upgradable ? List.of(TransportKind.WEBSOCKET.text()) : List.of();
    return new OpenData(
        id, upgrades, values.pingInterval, values.pingTimeout, values.maxPayloadBytes);
  }

  /** Collects settings; {@link #build} checks them all. */
  public static final class Builder {
    private Duration pingInterval = Duration.ofSeconds(25);
    private Duration pingTimeout = Duration.ofSeconds(20);
    private Duration upgradeTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(30);
    private int maxPayloadBytes = 1_000_000;
    private long maxQueuedBytes = 1 << 20;
    private long maxQueuedBytesTotal = Runtime.getRuntime().maxMemory() / 4;
    private Duration slowConsumerTimeout = Duration.ofSeconds(30);
    private Set<TransportKind> transports = EnumSet.allOf(TransportKind.class);
    private Predicate<HandshakeRequest> allowRequest = request -> true;

    private Builder() {}

    private Builder(Builder other) {
      pingInterval = other.pingInterval;
      pingTimeout = other.pingTimeout;
      upgradeTimeout = other.upgradeTimeout;
      closeTimeout = other.closeTimeout;
      maxPayloadBytes = other.maxPayloadBytes;
      maxQueuedBytes = other.maxQueuedBytes;
      maxQueuedBytesTotal = other.maxQueuedBytesTotal;
      slowConsumerTimeout = other.slowConsumerTimeout;
      transports = Set.copyOf(other.transports);
      allowRequest = other.allowRequest;
    }

    /**
     * The time from the client's answer to a ping until the next ping. Default 25 s; 1 ms to 24 h.
     */
    public Builder pingInterval(Duration value) {
      pingInterval = value;
      return this;
    }

    /**
     * The time that a client has to answer a ping. A client that does not is disconnected as {@link
     * CloseReason#PING_TIMEOUT}. Default 20 s; 1 ms to 24 h.
     */
    public Builder pingTimeout(Duration value) {
      pingTimeout = value;
      return this;
    }

    /**
     * The time that a polling client has to complete an upgrade once it has opened the WebSocket.
     * After that the server closes the WebSocket, and the session stays on polling. Default 10 s; 1
     * ms to 24 h.
     */
    public Builder upgradeTimeout(Duration value) {
      upgradeTimeout = value;
      return this;
    }

    /**
     * After a disconnect the server waits this long for the client to take the remaining messages,
     * to poll, and to answer the close frame of a WebSocket. Then it closes the connection. The
     * time starts anew with each byte that the client takes. Default 30 s; 1 ms to 24 h.
     */
    public Builder closeTimeout(Duration value) {
      closeTimeout = value;
      return this;
    }

    /**
     * The largest WebSocket message and the largest body of a POST that the server accepts, in
     * bytes. Default 1,000,000; at least 1.
     */
    public Builder maxPayloadBytes(int value) {
      maxPayloadBytes = value;
      return this;
    }

    /**
     * How many bytes may wait for one client. A client is disconnected as {@link
     * CloseReason#SLOW_CONSUMER} if more bytes wait for it and it has taken no byte for {@link
     * #slowConsumerTimeout}. A client that keeps taking bytes is not disconnected for this bound.
     * Default 1 MiB; at least 1.
     */
    public Builder maxQueuedBytes(long value) {
      maxQueuedBytes = value;
      return this;
    }

    /**
     * How many bytes may wait for all clients together. While more wait, the server disconnects the
     * clients for whom a byte has waited longest, as {@link CloseReason#SLOW_CONSUMER}. A message
     * that several clients share counts once for each event loop. Default: a quarter of the maximum
     * heap; at least 1.
     */
    public Builder maxQueuedBytesTotal(long value) {
      maxQueuedBytesTotal = value;
      return this;
    }

    /**
     * How long a client may take no byte while more than {@link #maxQueuedBytes} wait for it. It
     * takes no byte if the server can write none to its connection, or if it does not poll. Default
     * 30 s; 1 ms to 24 h.
     */
    public Builder slowConsumerTimeout(Duration value) {
      slowConsumerTimeout = value;
      return this;
    }

    /**
     * The transports that the server offers, at least one. If it offers both, a polling session may
     * upgrade to a WebSocket. Default: both.
     */
    public Builder transports(Set<TransportKind> value) {
      transports = Set.copyOf(value);
      return this;
    }

    /**
     * Decides which requests may open a session. The test runs on the event loop of the request's
     * connection and must not block. If it returns false or throws, the client gets {@link
     * HandshakeError#FORBIDDEN}. Default: all requests may.
     */
    public Builder allowRequest(Predicate<HandshakeRequest> value) {
      allowRequest = value;
      return this;
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming every setting that is out of range
     */
    public EngineIoConfig build() {
      List<String> faults = new ArrayList<>();
      checkDuration("pingInterval", pingInterval, faults);
      checkDuration("pingTimeout", pingTimeout, faults);
      checkDuration("upgradeTimeout", upgradeTimeout, faults);
      checkDuration("closeTimeout", closeTimeout, faults);
      check(
          maxPayloadBytes > 0, "maxPayloadBytes: " + maxPayloadBytes + " (expected: > 0)", faults);
      check(maxQueuedBytes > 0, "maxQueuedBytes: " + maxQueuedBytes + " (expected: > 0)", faults);
      check(
          maxQueuedBytesTotal > 0,
          "maxQueuedBytesTotal: " + maxQueuedBytesTotal + " (expected: > 0)",
          faults);
      checkDuration("slowConsumerTimeout", slowConsumerTimeout, faults);
      check(!transports.isEmpty(), "transports: [] (expected: at least one)", faults);
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
      return new EngineIoConfig(this);
    }

    private static void checkDuration(String name, Duration value, List<String> faults) {
      boolean fits = value.toMillis() > 0 && value.compareTo(MAX_DURATION) <= 0;
      check(fits, name + ": " + value + " (expected: PT0.001S to PT24H)", faults);
    }

    private static void check(boolean holds, String fault, List<String> faults) {
      if (!holds) {
        faults.add(fault);
      }
    }
  }
}
