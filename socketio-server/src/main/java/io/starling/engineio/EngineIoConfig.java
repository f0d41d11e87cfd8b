package io.starling.engineio;

import io.starling.engineio.protocol.HandshakeError;
import io.starling.engineio.protocol.OpenData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The settings of an {@link EngineIoServer}; immutable. The defaults are the official server's. */
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

  /** What a session is opened with over a transport. */
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

    /** How long after an answered ping the next one goes out. Default 25 s, at most a day. */
    public Builder pingInterval(Duration value) {
      pingInterval = value;
      return this;
    }

    /** How long a client may take to answer a ping. Default 20 s, at most a day. */
    public Builder pingTimeout(Duration value) {
      pingTimeout = value;
      return this;
    }

    /** How long a client may take from its WebSocket connection to the upgrade. Default 10 s. */
    public Builder upgradeTimeout(Duration value) {
      upgradeTimeout = value;
      return this;
    }

    /**
     * After a disconnect the server waits this long for the client to take what is left for it, to
     * poll, and to answer the close frame of a WebSocket; then it closes the connection. The time
     * starts anew when the client takes a byte. Default 30 s.
     */
    public Builder closeTimeout(Duration value) {
      closeTimeout = value;
      return this;
    }

    /** The longest WebSocket message, and the longest body of a POST. Default 1,000,000. */
    public Builder maxPayloadBytes(int value) {
      maxPayloadBytes = value;
      return this;
    }

    /**
     * How many bytes may wait for a client that takes none. A client for whom more wait is given up
     * as {@link CloseReason#SLOW_CONSUMER} once it has taken no byte for {@link
     * #slowConsumerTimeout}; one that keeps taking bytes is not. Default 1 MiB.
     */
    public Builder maxQueuedBytes(long value) {
      maxQueuedBytes = value;
      return this;
    }

    /**
     * How many bytes may wait for all clients together; a message that clients share counts once
     * for each event loop. When it is more, the clients for whom a byte has waited longest are
     * given up as {@link CloseReason#SLOW_CONSUMER} until it fits. Default: a quarter of the
     * largest heap.
     */
    public Builder maxQueuedBytesTotal(long value) {
      maxQueuedBytesTotal = value;
      return this;
    }

    /**
     * How long a client may take no byte while more than {@link #maxQueuedBytes} wait for it: none
     * is written to its connection, or it does not poll. Default 30 s, at most a day.
     */
    public Builder slowConsumerTimeout(Duration value) {
      slowConsumerTimeout = value;
      return this;
    }

    /** The transports on offer. With both, polling sessions may upgrade. Default both. */
    public Builder transports(Set<TransportKind> value) {
      transports = Set.copyOf(value);
      return this;
    }

    /**
     * Judges every request that wants to open a session, on the event loop of its connection: it
     * must not block. Who is refused, or for whom the test throws, gets {@link
     * HandshakeError#FORBIDDEN}. Default: all may.
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
