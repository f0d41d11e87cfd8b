package io.starling.engineio.protocol;

import java.time.Duration;
import java.util.List;

/**
 * What an open packet tells the client.
 *
 * @param sid the session id: letters, digits, {@code -} and {@code _} only
 * @param upgrades the transports that the client may upgrade to
 * @param pingInterval how long after an answered ping the next one is sent
 * @param pingTimeout how long the client may take to answer
 * @param maxPayloadBytes the longest message, or polling payload, that the server takes
 */
public record OpenData(
    String sid,
    List<String> upgrades,
    Duration pingInterval,
    Duration pingTimeout,
    int maxPayloadBytes) {

  /** Copies the list. */
  public OpenData {
    upgrades = List.copyOf(upgrades);
  }

  /** The JSON object, with its five keys in the order of the official server. */
  public String json() {
    return "{\"sid\":\""
        + sid
        + "\",\"upgrades\":"
        + (upgrades.isEmpty() ? "[]" : "[\"" + String.join("\",\"", upgrades) + "\"]")
        + ",\"pingInterval\":"
        + pingInterval.toMillis()
        + ",\"pingTimeout\":"
        + pingTimeout.toMillis()
        + ",\"maxPayload\":"
        + maxPayloadBytes
        + "}";
  }
}
