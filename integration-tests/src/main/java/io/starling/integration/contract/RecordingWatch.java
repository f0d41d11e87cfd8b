package io.starling.integration.contract;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.BusMessage;
import io.starling.manager.pubsub.BusWatch;
import io.starling.protocol.payload.EventPayload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a watch sees, without what hosts tell of themselves. */
final class RecordingWatch implements BusWatch.Listener {
  private static final Set<String> MEMBERSHIP = Set.of("hello", "heartbeat", "bye");

  private final List<BusMessage> messages = new CopyOnWriteArrayList<>();
  private final List<String> malformed = new CopyOnWriteArrayList<>();

  /** Each message of an origin as {@code kind rooms -except event details}. */
  List<String> messagesOf(HostId origin) {
    return messages.stream()
        .filter(message -> message.origin().equals(origin))
        .map(RecordingWatch::text)
        .toList();
  }

  List<String> malformed() {
    return malformed;
  }

  private static String text(BusMessage message) {
    EventPayload event = message.event();
    return message.kind()
        + " "
        + (message.recipients().everyone()
            ? "everybody"
            : String.join(",", message.recipients().rooms()))
        + (message.recipients().except().isEmpty()
            ? ""
            : " -" + String.join(",", message.recipients().except()))
        + (event == null ? "" : " " + StandardCharsets.UTF_8.decode(event.json()))
        + " "
        + message.details();
  }

  @Override
  public void message(BusMessage message) {
    if (!MEMBERSHIP.contains(message.kind())) {
      messages.add(message);
    }
  }

  @Override
  public void malformed(String reason) {
    malformed.add(reason);
  }

  @Override
  public void connectionLost(Throwable cause) {}

  @Override
  public void connectionRestored() {}
}
