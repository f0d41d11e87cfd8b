package io.starling.manager.pubsub;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.PubSubMessage.Ack;
import io.starling.manager.pubsub.PubSubMessage.AckCount;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.CloseRoom;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Disconnect;
import io.starling.manager.pubsub.PubSubMessage.Emit;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Join;
import io.starling.manager.pubsub.PubSubMessage.Leave;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Query;
import io.starling.manager.pubsub.PubSubMessage.QueryResult;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.manager.pubsub.PubSubMessage.ServerEvent;
import io.starling.manager.pubsub.PubSubMessage.ServerEventResult;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes bus messages: {@code msgpack [kind, namespace, body…]}. Pure functions.
 * docs/bus-protocol.md defines the layout of each kind. Elements behind the last known one are
 * ignored, so that newer releases can add some.
 */
final class MessageCodec {
  private static final int HELLO = 0;
  private static final int HEARTBEAT = 1;
  private static final int BYE = 2;
  private static final int EMIT = 3;
  private static final int ACK = 4;
  private static final int ACK_COUNT = 5;
  private static final int JOIN = 6;
  private static final int LEAVE = 7;
  private static final int CLOSE_ROOM = 8;
  private static final int DISCONNECT = 9;
  private static final int QUERY = 10;
  private static final int QUERY_RESULT = 11;
  private static final int SERVER_EVENT = 12;
  private static final int SERVER_EVENT_RESULT = 13;
  private static final int NACK = 32;
  private static final int GONE = 33;

  private static final int JSON = 0;

  /**
   * Placeholder for the host of a socket in a query result. The receiver replaces it by the origin
   * of the frame.
   */
  static final HostId NOBODY = new HostId("-");

  private MessageCodec() {}

  /**
   * Encodes one message.
   *
   * @throws MessageTooLargeException when the message does not fit into a frame
   * @throws IllegalArgumentException when a namespace, room or other name is not valid, or a number
   *     is negative
   */
  static ByteBuffer encode(PubSubMessage message) {
    MessageWriter writer = new MessageWriter();
    if (message instanceof Emit emit) {
      encodeEmit(writer, emit);
    } else if (message instanceof Ack ack) {
      writer.begin(ACK, "", 3).number(ack.request()).name("socket", ack.socket().value());
      writePayload(writer, ack.answer());
    } else if (message instanceof AckCount count) {
      writer.begin(ACK_COUNT, "", 2).number(count.request()).number(count.count());
    } else if (message instanceof Join join) {
      writer.begin(JOIN, join.namespace(), 3).recipients(join.recipients()).names(join.rooms());
    } else if (message instanceof Leave leave) {
      writer.begin(LEAVE, leave.namespace(), 3).recipients(leave.recipients()).names(leave.rooms());
    } else if (message instanceof CloseRoom close) {
      writer.begin(CLOSE_ROOM, close.namespace(), 1).name("room", close.room());
    } else if (message instanceof Disconnect disconnect) {
      writer
          .begin(DISCONNECT, disconnect.namespace(), 3)
          .recipients(disconnect.recipients())
          .bool(disconnect.closeTransport());
    } else if (message instanceof Hello hello) {
      writer.begin(HELLO, "", 2).name("release", hello.release()).number(hello.ageMillis());
    } else if (message instanceof Nack nack) {
      writer.begin(NACK, "", 2).number(nack.from()).number(nack.to());
    } else if (message instanceof Gone gone) {
      writer.begin(GONE, "", 2).number(gone.from()).number(gone.to());
    } else if (message instanceof Heartbeat heartbeat) {
      encodeHeartbeat(writer, heartbeat);
    } else if (message instanceof Query query) {
      writer.begin(QUERY, query.namespace(), 4).recipients(query.recipients());
      writeReplyTo(writer.number(query.projection()), query.replyTo());
    } else if (message instanceof QueryResult result) {
      writer.begin(QUERY_RESULT, "", 5).number(result.request()).number(result.count());
      writer.number(result.part()).number(result.parts()).array(result.sockets().size());
      result.sockets().forEach(socket -> writeSocket(writer, socket));
    } else if (message instanceof ServerEvent event) {
      writer.begin(SERVER_EVENT, event.namespace(), 2);
      writeReplyTo(writer, event.replyTo());
      writePayload(writer, event.payload());
    } else if (message instanceof ServerEventResult result) {
      writer.begin(SERVER_EVENT_RESULT, "", 3).number(result.request()).number(result.status());
      writePayload(writer, result.answer());
    } else if (message instanceof Bye bye) {
      if (bye.lastSeq() < 0) {
        writer.begin(BYE, "", 0);
      } else {
        writer.begin(BYE, "", 1).number(bye.lastSeq());
      }
    } else {
      throw new AssertionError(message);
    }
    return writer.finish();
  }

  /**
   * Decodes one message. Binary values are views of the input, not copies.
   *
   * @return null for a kind that this release does not know
   * @throws MalformedFrameException when the bytes are not a valid message
   */
  static @Nullable PubSubMessage decode(ByteBuffer message) throws MalformedFrameException {
    try {
      MessageReader reader = new MessageReader(message);
      int elements = reader.arrayHeader();
      if (elements < 2) {
        throw new MalformedFrameException("message: too short (expected: [kind, namespace, …])");
      }
      int kind = reader.nonNegativeInt("kind");
      return decodeBody(kind, reader.string(), elements - 2, reader);
    } catch (IllegalArgumentException e) {
      throw new MalformedFrameException("message: " + e.getMessage(), e);
    }
  }

  private static @Nullable PubSubMessage decodeBody(
      int kind, String namespace, int elements, MessageReader in) throws MalformedFrameException {
    return switch (kind) {
      case HELLO -> new Hello(in.string(), in.nonNegativeLong("ageMillis"));
      case HEARTBEAT -> decodeHeartbeat(elements, in);
      case BYE -> new Bye(elements < 1 ? -1 : in.nonNegativeLong("lastSeq"));
      case EMIT -> decodeEmit(namespace, in);
      case ACK ->
          new Ack(in.nonNegativeLong("request"), new SocketId(in.string()), readPayload(in));
      case ACK_COUNT -> new AckCount(in.nonNegativeLong("request"), in.nonNegativeInt("count"));
      case JOIN -> new Join(namespace, readRecipients(in), in.strings());
      case LEAVE -> new Leave(namespace, readRecipients(in), in.strings());
      case CLOSE_ROOM -> new CloseRoom(namespace, in.string());
      case DISCONNECT -> new Disconnect(namespace, readRecipients(in), in.bool());
      case QUERY ->
          new Query(
              namespace, readRecipients(in), in.nonNegativeInt("projection"), readReplyTo(in));
      case QUERY_RESULT -> readQueryResult(in);
      case SERVER_EVENT -> {
        ReplyTo replyTo = in.nil() ? null : readReplyTo(in);
        yield new ServerEvent(namespace, replyTo, requirePayload(in));
      }
      case SERVER_EVENT_RESULT ->
          new ServerEventResult(
              in.nonNegativeLong("request"), in.nonNegativeInt("status"), readPayload(in));
      case NACK -> new Nack(in.nonNegativeLong("from"), in.nonNegativeLong("to"));
      case GONE -> new Gone(in.nonNegativeLong("from"), in.nonNegativeLong("to"));
      default -> null;
    };
  }

  /**
   * Encodes a heartbeat. {@code heard} and {@code departed} were added to the protocol later. They
   * stand last and are omitted where null.
   */
  private static void encodeHeartbeat(MessageWriter writer, Heartbeat heartbeat) {
    Set<HostId> heard = heartbeat.heard();
    List<Departed> departed = heartbeat.departed();
    int elements = departed != null ? 5 : heard != null ? 4 : 3;
    writer.begin(HEARTBEAT, "", elements).number(heartbeat.lastSeq());
    writer.name("release", heartbeat.release()).number(heartbeat.ageMillis());
    if (heard != null) {
      writer.array(heard.size());
      heard.forEach(host -> writer.name("host", host.value()));
    } else if (departed != null) {
      writer.nil();
    }
    if (departed != null) {
      writer.array(departed.size());
      departed.forEach(origin -> writeDeparted(writer, origin));
    }
  }

  private static void writeDeparted(MessageWriter writer, Departed departed) {
    boolean fromTheFirst = departed.firstSeq() <= 1;
    writer.array(fromTheFirst ? 2 : 3).name("origin", departed.origin().value());
    writer.number(departed.lastSeq());
    if (!fromTheFirst) {
      writer.number(departed.firstSeq());
    }
  }

  private static Heartbeat decodeHeartbeat(int elements, MessageReader in)
      throws MalformedFrameException {
    long lastSeq = in.nonNegativeLong("lastSeq");
    String release = in.string();
    long ageMillis = in.nonNegativeLong("ageMillis");
    Set<HostId> heard = elements < 4 || in.nil() ? null : readHosts(in);
    List<Departed> departed = elements < 5 || in.nil() ? null : readDeparted(in);
    return new Heartbeat(lastSeq, release, ageMillis, heard, departed);
  }

  private static Set<HostId> readHosts(MessageReader in) throws MalformedFrameException {
    int size = in.arrayHeader();
    Set<HostId> hosts = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      hosts.add(new HostId(in.string()));
    }
    return hosts;
  }

  private static List<Departed> readDeparted(MessageReader in) throws MalformedFrameException {
    int size = in.arrayHeader();
    List<Departed> departed = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int elements = in.arrayHeader();
      HostId origin = new HostId(in.string());
      long lastSeq = in.nonNegativeLong("lastSeq");
      long firstSeq = elements < 3 ? 1 : in.nonNegativeLong("firstSeq");
      departed.add(new Departed(origin, lastSeq, Math.max(firstSeq, 1)));
      in.skip(Math.max(elements - 3, 0));
    }
    return departed;
  }

  private static void encodeEmit(MessageWriter writer, Emit emit) {
    int flags = 0;
    for (EmitFlag flag : emit.flags()) {
      flags |= flag.bit();
    }
    writer.begin(EMIT, emit.namespace(), 6).recipients(emit.recipients());
    writer.number(flags).number(emit.number());
    writeReplyTo(writer, emit.replyTo());
    writePayload(writer, emit.payload());
  }

  private static void writeReplyTo(MessageWriter writer, @Nullable ReplyTo reply) {
    if (reply == null) {
      writer.nil();
    } else {
      writer.array(3).number(reply.request()).name("channel", reply.channel());
      writer.number(reply.timeoutMillis());
    }
  }

  private static void writeSocket(MessageWriter writer, RemoteSocket<EventPayload> socket) {
    writer.array(3).name("socket", socket.id().value()).names(socket.rooms());
    writePayload(writer, socket.data());
  }

  /**
   * Decodes a query result. The sockets do not name their host, because the origin of the frame
   * does; they get {@link #NOBODY} here.
   */
  private static QueryResult readQueryResult(MessageReader in) throws MalformedFrameException {
    long request = in.nonNegativeLong("request");
    int count = in.nonNegativeInt("count");
    int part = in.nonNegativeInt("part");
    int parts = in.nonNegativeInt("parts");
    int size = in.arrayHeader();
    List<RemoteSocket<EventPayload>> sockets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int elements = in.arrayHeader();
      SocketId id = new SocketId(in.string());
      Set<String> rooms = in.strings();
      sockets.add(new RemoteSocket<>(id, NOBODY, rooms, readPayload(in)));
      in.skip(elements - 3);
    }
    return new QueryResult(request, count, part, parts, sockets);
  }

  private static Emit decodeEmit(String namespace, MessageReader in)
      throws MalformedFrameException {
    Recipients recipients = readRecipients(in);
    int bits = in.nonNegativeInt("flags");
    long number = in.nonNegativeLong("number");
    ReplyTo replyTo = in.nil() ? null : readReplyTo(in);
    return new Emit(namespace, recipients, flags(bits), number, replyTo, requirePayload(in));
  }

  private static Set<EmitFlag> flags(int bits) {
    if (bits == 0) {
      return Set.of();
    }
    Set<EmitFlag> flags = EnumSet.noneOf(EmitFlag.class);
    for (EmitFlag flag : EmitFlag.values()) {
      if ((bits & flag.bit()) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }

  private static EventPayload requirePayload(MessageReader in) throws MalformedFrameException {
    EventPayload payload = readPayload(in);
    if (payload == null) {
      throw new MalformedFrameException("payload: nil (expected: [encoding, json, …])");
    }
    return payload;
  }

  private static ReplyTo readReplyTo(MessageReader in) throws MalformedFrameException {
    int elements = in.arrayHeader();
    ReplyTo replyTo =
        new ReplyTo(in.nonNegativeLong("request"), in.string(), in.nonNegativeInt("timeoutMillis"));
    in.skip(elements - 3);
    return replyTo;
  }

  private static Recipients readRecipients(MessageReader in) throws MalformedFrameException {
    boolean everyone = in.nil();
    Set<String> rooms = everyone ? Set.of() : in.strings();
    return new Recipients(everyone, rooms, in.strings());
  }

  private static void writePayload(MessageWriter writer, @Nullable EventPayload payload) {
    if (payload == null) {
      writer.nil();
      return;
    }
    List<ByteBuffer> attachments = payload.attachments();
    writer.array(2 + attachments.size()).number(JSON).binary(payload.json());
    attachments.forEach(writer::binary);
  }

  private static @Nullable EventPayload readPayload(MessageReader in)
      throws MalformedFrameException {
    if (in.nil()) {
      return null;
    }
    int elements = in.arrayHeader();
    int encoding = in.nonNegativeInt("encoding");
    if (encoding != JSON) {
      throw new MalformedFrameException("encoding: " + encoding + " (expected: 0)");
    }
    ByteBuffer json = in.binary();
    if (elements <= 2) {
      return new EventPayload(json, List.of());
    }
    List<ByteBuffer> attachments = new ArrayList<>();
    for (int i = 2; i < elements; i++) {
      attachments.add(in.binary());
    }
    return new EventPayload(json, attachments);
  }
}
