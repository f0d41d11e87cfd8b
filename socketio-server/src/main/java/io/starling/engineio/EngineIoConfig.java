package io.starling.engineio;

import io.starling.protocol.engineio.HandshakeError;
import io.starling.protocol.engineio.OpenData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The settings of an {@link EngineIoServer}. The builder of the server's configuration has the
 * defaults and makes the object: {@code SocketIoServerConfig.builder().build().engine()}.
 *
 * @param pingInterval the time from the client's answer to a ping until the next ping
 * @param pingTimeout the time that a client has to answer a ping. A client that does not is
 *     disconnected as {@link CloseReason#PING_TIMEOUT}
 * @param upgradeTimeout the time that a polling client has to complete an upgrade once it has
 *     opened the WebSocket. After that the server closes the WebSocket, and the session stays on
 *     polling
 * @param closeTimeout the time that a disconnected client may take no byte of what remains for it
 * @param maxPayloadBytes the largest WebSocket message and the largest body of a POST that the
 *     server accepts
 * @param maxQueuedBytes how many bytes may wait for one client that takes none
 * @param maxQueuedBytesTotal how many bytes may wait for all clients together
 * @param slowConsumerTimeout how long a client may take no byte while more than {@code
 *     maxQueuedBytes} wait for it
 * @param transports the transports that the server offers, at least one
 * @param allowRequest decides which requests may open a session, on the event loop of the request's
 *     connection. If it returns false or throws, the client gets {@link HandshakeError#FORBIDDEN}
 */
public record EngineIoConfig(
    Duration pingInterval,
    Duration pingTimeout,
    Duration upgradeTimeout,
    Duration closeTimeout,
    int maxPayloadBytes,
    long maxQueuedBytes,
    long maxQueuedBytesTotal,
    Duration slowConsumerTimeout,
    Set<TransportKind> transports,
    Predicate<HandshakeRequest> allowRequest) {
  private static final Duration MAX_DURATION = Duration.ofDays(1);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming every setting that is out of range
   */
  public EngineIoConfig {
    transports = Set.copyOf(transports);
    List<String> faults = new ArrayList<>();
    checkDuration("pingInterval", pingInterval, faults);
    checkDuration("pingTimeout", pingTimeout, faults);
    checkDuration("upgradeTimeout", upgradeTimeout, faults);
    checkDuration("closeTimeout", closeTimeout, faults);
    checkPositive("maxPayloadBytes", maxPayloadBytes, faults);
    checkPositive("maxQueuedBytes", maxQueuedBytes, faults);
    checkPositive("maxQueuedBytesTotal", maxQueuedBytesTotal, faults);
    checkDuration("slowConsumerTimeout", slowConsumerTimeout, faults);
    if (transports.isEmpty()) {
      faults.add("transports: [] (expected: at least one)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  /** The content of the open packet of a new session over a transport. */
  OpenData openData(String id, TransportKind kind) {
    boolean upgradable =
        kind == TransportKind.POLLING && transports.contains(TransportKind.WEBSOCKET);
    List<String> upgrades = upgradable ? List.of(TransportKind.WEBSOCKET.text()) : List.of();
    return new OpenData(id, upgrades, pingInterval, pingTimeout, maxPayloadBytes);
  }

  private static void checkDuration(String name, Duration value, List<String> faults) {
    if (value.toMillis() <= 0 || value.compareTo(MAX_DURATION) > 0) {
      faults.add(name + ": " + value + " (expected: PT0.001S to PT24H)");
    }
  }

  private static void checkPositive(String name, long value, List<String> faults) {
    if (value <= 0) {
      faults.add(name + ": " + value + " (expected: > 0)");
    }
  }
}
