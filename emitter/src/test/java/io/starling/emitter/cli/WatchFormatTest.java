package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.Recipients;
import io.starling.manager.pubsub.BusMessage;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchFormatTest {
  private static final Recipients SOME = new Recipients(false, Set.of("b", "a"), Set.of("c"));

  private final WatchFormat format = new WatchFormat(ZoneOffset.UTC);

  private static BusMessage message(
      String kind, Recipients recipients, @Nullable EventPayload event, Map<String, Object> more) {
    return new BusMessage(
        new HostId("0123456789"),
        7,
        Instant.parse("2026-01-02T03:04:05.006Z"),
        kind,
        "/chat",
        recipients,
        event,
        more);
  }

  private static EventPayload payload(String json, ByteBuffer... attachments) {
    return new EventPayload(
        ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), List.of(attachments));
  }

  @Test
  void aLineForPeopleNamesSenderRoomsEventAndArguments() {
    EventPayload event = payload("[\"price\",{\"eur\":4.20},\"x\"]");
    assertThat(format.line(message("emit", SOME, event, Map.of()), 200))
        .isEqualTo(
            "03:04:05.006 01234567#7 emit /chat [a, b] except [c] price {\"eur\":4.20} \"x\"");
  }

  @Test
  void aLineIsCutToTheWidth() {
    EventPayload event = payload("[\"price\",\"" + "x".repeat(100) + "\"]");
    String line = format.line(message("emit", Recipients.ALL, event, Map.of()), 60);
    assertThat(line).hasSize(60).endsWith("x…").contains(" everybody price ");
  }

  @Test
  void binaryValuesAreShownByTheirSize() {
    EventPayload event =
        payload("[\"image\",{\"_placeholder\":true,\"num\":0}]", ByteBuffer.allocate(3));
    assertThat(format.line(message("emit", Recipients.ALL, event, Map.of()), 200))
        .endsWith("image <3 bytes>");
  }

  @Test
  void whatATerminalWouldObeyIsNotPrinted() {
    EventPayload event = payload("[\"a\\u001b[2J\",\"\u009b2J\"]");
    Recipients room = Recipients.room("r\nemit");
    assertThat(format.line(message("emit", room, event, Map.of()), 200))
        .endsWith("[r?emit] a?[2J \"?2J\"");
  }

  @Test
  void anEventThatIsNoJsonIsSaidToBeThat() {
    assertThat(format.line(message("emit", Recipients.ALL, payload("nope"), Map.of()), 200))
        .endsWith("(an event that is not JSON)");
    assertThat(WatchFormat.event(message("join", Recipients.ALL, null, Map.of()))).isNull();
  }

  @Test
  void jsonIsOneObjectWithEverything() {
    EventPayload event =
        payload(
            "[\"price\",{\"eur\":4.20},{\"_placeholder\":true,\"num\":0}]",
            ByteBuffer.wrap(new byte[] {1, 2, (byte) 0xff}));
    assertThat(format.json(message("emit", SOME, event, Map.of("timeoutMillis", 10))))
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05.006Z\",\"origin\":\"0123456789\",\"number\":7,"
                + "\"kind\":\"emit\",\"namespace\":\"/chat\",\"rooms\":[\"a\",\"b\"],\"except\":[\"c\"],"
                + "\"event\":\"price\",\"args\":[{\"eur\":4.20},{\"_placeholder\":true,\"num\":0}],"
                + "\"attachments\":[\"AQL/\"],\"timeoutMillis\":10}");
  }
}
