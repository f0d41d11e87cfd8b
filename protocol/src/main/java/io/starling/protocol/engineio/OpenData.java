package io.starling.protocol.engineio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  private static final JsonMapper MAPPER = new JsonMapper();

  /**
   * Parses the JSON object of an open packet. Servers older than the key have no {@code
   * maxPayload}; then every length is allowed.
   *
   * @throws MalformedPacketException if the text is not such an object
   */
  public static OpenData parse(String json) {
    try {
      JsonNode open = MAPPER.readTree(json);
      List<String> upgrades = new ArrayList<>();
      open.path("upgrades").values().forEach(each -> upgrades.add(each.asString("")));
      String sid = open.path("sid").asString("");
      if (sid.isEmpty()) {
        throw new MalformedPacketException("open packet: no sid (expected: sid, pingInterval, …)");
      }
      return new OpenData(
          sid,
          upgrades,
          Duration.ofMillis(number(open, "pingInterval", 0)),
          Duration.ofMillis(number(open, "pingTimeout", 0)),
          number(open, "maxPayload", Integer.MAX_VALUE));
    } catch (JacksonException e) {
      throw new MalformedPacketException("open packet: " + e.getOriginalMessage());
    }
  }

  private static int number(JsonNode open, String key, int absent) {
    JsonNode value = open.path(key);
    if (value.isMissingNode() && absent > 0) {
      return absent;
    }
    if (!value.isIntegralNumber() || value.asLong(0) <= 0) {
      throw new MalformedPacketException("open packet: " + key + " " + value + " (expected: > 0)");
    }
    return (int) Math.min(value.asLong(0), Integer.MAX_VALUE);
  }

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
