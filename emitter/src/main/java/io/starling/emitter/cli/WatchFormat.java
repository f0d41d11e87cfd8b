package io.starling.emitter.cli;

import io.starling.manager.Recipients;
import io.starling.manager.pubsub.BusMessage;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a message of the bus as one line, for people or as JSON. */
final class WatchFormat {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
  private static final int ORIGIN_CHARACTERS = 8;
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\"_placeholder\":true,\"num\":([0-9]{1,4})\\}");

  private final ZoneId zone;

  WatchFormat(ZoneId zone) {
    this.zone = zone;
  }

  /** The name of an event; null when the message has none, or one that cannot be read. */
  static @Nullable String event(BusMessage message) {
    JsonNode event = array(message).path(0);
    return event.isString() ? event.stringValue() : null;
  }

  /** One line for people, at most so many characters wide. */
  String line(BusMessage message, int width) {
    List<String> words = new ArrayList<>();
    words.add(TIME.format(message.sentAt().atZone(zone)));
    String origin = message.origin().value();
    words.add(
        origin.substring(0, Math.min(origin.length(), ORIGIN_CHARACTERS)) + "#" + message.number());
    words.add(message.kind());
    if (!message.namespace().isEmpty()) {
      words.add(message.namespace());
      words.add(rooms(message.recipients()));
    }
    ArrayNode values = array(message);
    for (int i = 0; i < values.size(); i++) {
      words.add(i == 0 ? values.get(i).asString() : argument(values.get(i), message));
    }
    message.details().forEach((name, value) -> words.add(name + "=" + value));
    String line = JsonText.visible(String.join(" ", words));
    return line.length() <= width ? line : line.substring(0, width - 1) + "…";
  }

  private static String rooms(Recipients recipients) {
    String rooms = recipients.everyone() ? "everybody" : new TreeSet<>(recipients.rooms()) + "";
    return recipients.except().isEmpty()
        ? rooms
        : rooms + " except " + new TreeSet<>(recipients.except());
  }

  private static String argument(JsonNode value, BusMessage message) {
    EventPayload event = message.event();
    if (event == null || event.attachments().isEmpty()) {
      return value.toString();
    }
    return PLACEHOLDER
        .matcher(value.toString())
        .replaceAll(
            found -> {
              int number = Integer.parseInt(found.group(1));
              List<ByteBuffer> attachments = event.attachments();
              return number < attachments.size()
                  ? "<" + attachments.get(number).remaining() + " bytes>"
                  : "<missing bytes>";
            });
  }

  /** One line that is a JSON object. Binary values are in {@code attachments}, in base64. */
  String json(BusMessage message) {
    ObjectNode line = JsonText.MAPPER.createObjectNode();
    line.put("time", message.sentAt().toString());
    line.put("origin", message.origin().value());
    line.put("number", message.number());
    line.put("kind", message.kind());
    if (!message.namespace().isEmpty()) {
      line.put("namespace", message.namespace());
      Recipients recipients = message.recipients();
      if (!recipients.everyone()) {
        new TreeSet<>(recipients.rooms()).forEach(line.putArray("rooms")::add);
      }
      if (!recipients.except().isEmpty()) {
        new TreeSet<>(recipients.except()).forEach(line.putArray("except")::add);
      }
    }
    EventPayload event = message.event();
    if (event != null) {
      ArrayNode values = array(message);
      line.set("event", values.path(0));
      ArrayNode arguments = line.putArray("args");
      values.valueStream().skip(1).forEach(arguments::add);
      if (!event.attachments().isEmpty()) {
        ArrayNode attachments = line.putArray("attachments");
        event.attachments().forEach(bytes -> attachments.add(base64(bytes)));
      }
    }
    message.details().forEach((name, value) -> line.set(name, JsonText.MAPPER.valueToTree(value)));
    return line.toString();
  }

  private static String base64(ByteBuffer bytes) {
    ByteBuffer encoded = Base64.getEncoder().encode(bytes.duplicate());
    return StandardCharsets.ISO_8859_1.decode(encoded).toString();
  }

  /** The name and the arguments of an event; empty without one, or when it is not JSON. */
  private static ArrayNode array(BusMessage message) {
    EventPayload event = message.event();
    if (event != null) {
      try {
        String text = StandardCharsets.UTF_8.decode(event.json()).toString();
        if (JsonText.MAPPER.readTree(text) instanceof ArrayNode array) {
          return array;
        }
      } catch (JacksonException e) {
        return JsonText.MAPPER.createArrayNode().add("(an event that is not JSON)");
      }
    }
    return JsonText.MAPPER.createArrayNode();
  }
}
