package io.starling.protocol.engineio;

import java.time.Duration;
import java.util.List;

/**
 * The content of an open packet (Engine.IO protocol, revision 4, "Handshake").
 *
 * @param sid the session id; only letters, digits, {@code -} and {@code _}, since it is not escaped
 * @param upgrades the transports that the client may upgrade to
 * @param pingInterval the time from the client's answer to a ping until the next ping
 * @param pingTimeout the time that the client has to answer a ping
 * @param maxPayloadBytes the largest WebSocket message or polling request that the server accepts
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

  /** The JSON object, with five keys in the order of the official server and times in ms. */
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
