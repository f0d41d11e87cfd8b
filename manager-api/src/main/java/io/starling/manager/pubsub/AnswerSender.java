package io.starling.manager.pubsub;

import io.starling.manager.MessageTooLargeException;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.RemoteSocket;
import io.starling.manager.local.Answer;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Refused;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.protocol.payload.EventPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the answers of this host to one question to the inbox of the host that asked. Safe for any
 * thread.
 */
final class AnswerSender implements Consumer<Answer> {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerSender.class);

  /**
   * The approximate size limit of one part of an answer. A larger socket gets a part of its own.
   */
  private static final int PART_BYTES = 128 << 10;

  /** The estimated size of a socket or a room name in an answer, besides its text. */
  private static final int SOCKET_BYTES = 16;

  private final PubSubPublisher publisher;
  private final ReplyTo replyTo;

  AnswerSender(PubSubPublisher publisher, ReplyTo replyTo) {
    this.publisher = publisher;
    this.replyTo = replyTo;
  }

  @Override
  public void accept(Answer answer) {
    if (answer instanceof Found found) {
      sendParts(found.count(), split(found.sockets()), 0);
    } else {
      send(answer, () -> {});
    }
  }

  /**
   * Sends the parts one after another: each part waits until the broker has taken the previous one.
   * So a long answer does not fill the outbox.
   */
  private void sendParts(int count, List<List<RemoteSocket<EventPayload>>> parts, int part) {
    send(
        new Found(count, part, parts.size(), parts.get(part)),
        () -> {
          if (part + 1 < parts.size()) {
            sendParts(count, parts, part + 1);
          }
        });
  }

  private static List<List<RemoteSocket<EventPayload>>> split(
      List<RemoteSocket<EventPayload>> sockets) {
    List<List<RemoteSocket<EventPayload>>> parts = new ArrayList<>();
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < sockets.size(); i++) {
      int next = bytes(sockets.get(i));
      if (i > from && bytes + next > PART_BYTES) {
        parts.add(sockets.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += next;
    }
    parts.add(sockets.subList(from, sockets.size()));
    return parts;
  }

  private static int bytes(RemoteSocket<EventPayload> socket) {
    int rooms = socket.rooms().stream().mapToInt(room -> SOCKET_BYTES + room.length()).sum();
    EventPayload data = socket.data();
    return SOCKET_BYTES
        + socket.id().value().length()
        + rooms
        + (data == null ? 0 : (int) data.bytes());
  }

  /**
   * Sends one answer.
   *
   * @param next runs when the broker has taken the answer
   */
  private void send(Answer answer, Runnable next) {
    try {
      publish(answer, next);
    } catch (MessageTooLargeException e) {
      if (answer instanceof Acked) {
        LOG.debug("An ack is not passed on: it is too large", e); // A client chose its size.
      } else {
        LOG.warn("A question is not answered: the answer is too large", e);
      }
      publish(instead(answer), () -> {});
    }
  }

  /** Returns what the asking host is told when the answer is too large to be sent. */
  private static Answer instead(Answer answer) {
    if (answer instanceof Acked acked) {
      return new Acked(acked.socket(), null);
    }
    return answer instanceof Found found
        ? new Found(found.count(), 0, 0, List.of())
        : new Refused(Reason.FAILED);
  }

  private void publish(Answer answer, Runnable next) {
    publisher
        .send(replyTo.channel(), new Reply(replyTo.request(), answer))
        .whenComplete(
            (sent, failure) -> {
              if (failure == null) {
                next.run();
              } else {
                LOG.debug("An answer to {} was not sent", replyTo.channel(), failure);
              }
            });
  }
}
