package io.starling.examples.chat;

import io.starling.manager.AckResponses;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes messages on, and sends the receipts that say who has got them. */
final class Messages {
  private static final Duration RECEIPT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Accepts or refuses a message at once. The receipt follows when the other clients have
   * acknowledged the message.
   */
  void send(Socket socket, Arguments sent, Ack ack) {
    Reply.to(
        ack,
        () -> {
          Draft draft = Draft.of(sent.node(0));
          if (!Rooms.has(socket, draft.room())) {
            throw new IllegalArgumentException(
                "room: " + draft.room() + " (expected: one that you have joined)");
          }
          socket
              .to(Rooms.key(draft.room()))
              .timeout(RECEIPT_TIMEOUT)
              .emitWithAck("message", message(Visitor.of(socket), draft))
              .thenApply(responses -> receipt(draft, responses))
              .exceptionally(brokerDown -> new Receipt(draft.id(), List.of(), 1))
              .thenAccept(receipt -> socket.emit("receipt", receipt));
          return true;
        });
  }

  private static Message message(Visitor from, Draft draft) {
    Picture picture = draft.picture();
    return new Message(
        from.name(),
        from.host(),
        draft.room(),
        System.currentTimeMillis(),
        draft.text(),
        picture == null ? null : picture.type(),
        picture == null ? null : picture.bytes());
  }

  private static Receipt receipt(Draft draft, AckResponses<Arguments> responses) {
    int missing =
        responses.missing().values().stream()
            .mapToInt(host -> Math.max(1, host.expected() - host.answered()))
            .sum();
    return new Receipt(draft.id(), Visitors.present(responses), missing);
  }

  private record Message(
      String from,
      Host host,
      String room,
      long at,
      String text,
      @Nullable String type,
      @Nullable ByteBuffer image) {}

  private record Receipt(long id, List<Visitor> by, int missing) {}
}
