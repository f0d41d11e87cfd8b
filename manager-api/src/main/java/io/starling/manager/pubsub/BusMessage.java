package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.Operation;
import io.starling.manager.Operation.CloseRoom;
import io.starling.manager.Operation.Disconnect;
import io.starling.manager.Operation.Emit;
import io.starling.manager.Operation.Join;
import io.starling.manager.Operation.Leave;
import io.starling.manager.Operation.ServerEvent;
import io.starling.manager.Question;
import io.starling.manager.Question.Count;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Question.ServerEventWithReply;
import io.starling.manager.Recipients;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.protocol.payload.EventPayload;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A message that went to all hosts, as {@link BusWatch} shows it to people.
 *
 * @param origin the host or emitter that sent the message
 * @param number the number of the message on its origin, from 1
 * @param sentAt when the frame of the message was built, by the origin's clock
 * @param kind the name of the kind in docs/bus-protocol.md, such as {@code emit} or {@code join};
 *     {@code unknown} for a kind that this release does not know
 * @param namespace the namespace; empty where it has no meaning
 * @param recipients the sockets that the message addresses; {@link Recipients#ALL} where it has no
 *     meaning
 * @param event the name and the arguments of an event; null for other messages
 * @param details the other properties, by name: texts, numbers, booleans and lists of texts
 */
public record BusMessage(
    HostId origin,
    long number,
    Instant sentAt,
    String kind,
    String namespace,
    Recipients recipients,
    @Nullable EventPayload event,
    Map<String, Object> details) {
  public BusMessage {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /**
   * Describes a decoded message.
   *
   * @param index the position of the message in its frame, from 0
   * @param message null for a kind that is not known
   */
  static BusMessage of(Header header, int index, @Nullable PubSubMessage message) {
    BusMessage bare =
        new BusMessage(
            header.origin(),
            header.firstSeq() + index,
            Instant.ofEpochMilli(header.sentAtMillis()),
            "unknown",
            "",
            Recipients.ALL,
            null,
            Map.of());
    if (message instanceof Perform perform) {
      return bare.in(perform.namespace()).of(perform.operation());
    } else if (message instanceof Ask ask) {
      return bare.in(ask.namespace())
          .of(ask.question())
          .with("timeoutMillis", ask.replyTo().timeoutMillis());
    } else if (message instanceof Hello hello) {
      return bare.kind("hello")
          .with("release", hello.release())
          .with("ageMillis", hello.ageMillis());
    } else if (message instanceof Heartbeat heartbeat) {
      return bare.kind("heartbeat")
          .with("release", heartbeat.release())
          .with("ageMillis", heartbeat.ageMillis());
    } else if (message instanceof Bye) {
      return bare.kind("bye");
    }
    // Answers and repairs go to inboxes. On the channel to all they are as good as unknown.
    return bare;
  }

  private BusMessage of(Operation operation) {
    if (operation instanceof Emit emit) {
      BusMessage described = kind("emit").to(emit.recipients()).event(emit.event());
      return emit.flags().isEmpty() ? described : described.with("flags", emit.flags().toString());
    } else if (operation instanceof Join join) {
      return kind("join").to(join.recipients()).with("joined", sorted(join.rooms()));
    } else if (operation instanceof Leave leave) {
      return kind("leave").to(leave.recipients()).with("left", sorted(leave.rooms()));
    } else if (operation instanceof CloseRoom close) {
      return kind("close room").to(Recipients.room(close.room()));
    } else if (operation instanceof Disconnect disconnect) {
      return kind("disconnect")
          .to(disconnect.recipients())
          .with("closeTransport", disconnect.closeTransport());
    } else if (operation instanceof ServerEvent event) {
      return kind("server event").event(event.event());
    }
    throw new AssertionError(operation);
  }

  private BusMessage of(Question<?> question) {
    if (question instanceof EmitWithAck asking) {
      return of(asking.emit());
    } else if (question instanceof ServerEventWithReply asking) {
      return of(asking.event());
    }
    return kind("query")
        .to(question.recipients())
        .with("asks", question instanceof Count ? "count" : "sockets");
  }

  private static List<String> sorted(Iterable<String> rooms) {
    TreeSet<String> sorted = new TreeSet<>();
    rooms.forEach(sorted::add);
    return List.copyOf(sorted);
  }

  private BusMessage kind(String name) {
    return new BusMessage(origin, number, sentAt, name, namespace, recipients, event, details);
  }

  private BusMessage in(String path) {
    return new BusMessage(origin, number, sentAt, kind, path, recipients, event, details);
  }

  private BusMessage to(Recipients sockets) {
    return new BusMessage(origin, number, sentAt, kind, namespace, sockets, event, details);
  }

  private BusMessage event(EventPayload payload) {
    return new BusMessage(origin, number, sentAt, kind, namespace, recipients, payload, details);
  }

  private BusMessage with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new BusMessage(origin, number, sentAt, kind, namespace, recipients, event, more);
  }
}
