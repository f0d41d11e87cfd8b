package io.starling.manager.pubsub;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Operation.CloseRoom;
import io.starling.manager.Operation.Disconnect;
import io.starling.manager.Operation.Emit;
import io.starling.manager.Operation.Join;
import io.starling.manager.Operation.Leave;
import io.starling.manager.Operation.ServerEvent;
import io.starling.manager.Projection;
import io.starling.manager.Question;
import io.starling.manager.Question.Count;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Question.FetchSockets;
import io.starling.manager.Question.ServerEventWithReply;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Present;
import io.starling.manager.local.Answer.Refused;
import io.starling.manager.local.Answer.Replied;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
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
  private static final int PRESENT = 14;
  private static final int NACK = 32;
  private static final int GONE = 33;

  private static final int JSON = 0;

  /** The bit of a query's projection that asks for the sockets' ids. */
  private static final int IDS = 1;

  /** The values of {@code status} in the result of a server event. */
  private static final int ANSWERED = 0;

  private static final int NO_HANDLER = 1;
  private static final int FAILED = 2;

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
    if (message instanceof Perform perform) {
      encodeOperation(writer, perform);
    } else if (message instanceof Ask ask) {
      encodeQuestion(writer, ask);
    } else if (message instanceof Reply reply) {
      encodeAnswer(writer, reply.request(), reply.answer());
    } else if (message instanceof Hello hello) {
      writer.begin(HELLO, "", 2).name("release", hello.release()).number(hello.ageMillis());
    } else if (message instanceof Heartbeat heartbeat) {
      encodeHeartbeat(writer, heartbeat);
    } else if (message instanceof Nack nack) {
      writer.begin(NACK, "", 2).number(nack.from()).number(nack.to());
    } else if (message instanceof Gone gone) {
      writer.begin(GONE, "", 2).number(gone.from()).number(gone.to());
    } else if (message instanceof Bye bye) {
      encodeBye(writer, bye);
    } else {
      throw new AssertionError(message);
    }
    return writer.finish();
  }

  private static void encodeOperation(MessageWriter writer, Perform perform) {
    String namespace = perform.namespace();
    Operation operation = perform.operation();
    if (operation instanceof Emit emit) {
      encodeEmit(writer, namespace, emit, perform.number(), null);
    } else if (operation instanceof Join join) {
      writer.begin(JOIN, namespace, 3).recipients(join.recipients()).names(join.rooms());
    } else if (operation instanceof Leave leave) {
      writer.begin(LEAVE, namespace, 3).recipients(leave.recipients()).names(leave.rooms());
    } else if (operation instanceof CloseRoom close) {
      writer.begin(CLOSE_ROOM, namespace, 1).name("room", close.room());
    } else if (operation instanceof Disconnect disconnect) {
      writer.begin(DISCONNECT, namespace, 3).recipients(disconnect.recipients());
      writer.bool(disconnect.closeTransport());
    } else if (operation instanceof ServerEvent event) {
      encodeServerEvent(writer, namespace, event, null);
    } else {
      throw new AssertionError(operation);
    }
  }

  private static void encodeBye(MessageWriter writer, Bye bye) {
    if (bye.lastSeq() < 0) {
      writer.begin(BYE, "", 0);
    } else {
      writer.begin(BYE, "", 1).number(bye.lastSeq());
    }
  }

  private static void encodeQuestion(MessageWriter writer, Ask ask) {
    Question<?> question = ask.question();
    if (question instanceof EmitWithAck asking) {
      encodeEmit(writer, ask.namespace(), asking.emit(), ask.number(), ask.replyTo());
    } else if (question instanceof ServerEventWithReply asking) {
      encodeServerEvent(writer, ask.namespace(), asking.event(), ask.replyTo());
    } else {
      int projection = question instanceof Count ? 0 : IDS;
      if (question instanceof FetchSockets fetch) {
        for (Projection each : fetch.projection()) {
          projection |= each.bit();
        }
      }
      writer.begin(QUERY, ask.namespace(), 4).recipients(question.recipients());
      writeReplyTo(writer.number(projection), ask.replyTo());
    }
  }

  private static void encodeAnswer(MessageWriter writer, long request, Answer answer) {
    if (answer instanceof Acked acked) {
      writer.begin(ACK, "", 3).number(request).name("socket", acked.socket().value());
      writePayload(writer, acked.answer());
    } else if (answer instanceof Asked asked) {
      writer.begin(ACK_COUNT, "", 2).number(request).number(asked.clients());
    } else if (answer instanceof Found found) {
      writer.begin(QUERY_RESULT, "", 5).number(request).number(found.count());
      writer.number(found.part()).number(found.parts()).array(found.sockets().size());
      found.sockets().forEach(socket -> writeSocket(writer, socket));
    } else if (answer instanceof Replied replied) {
      writer.begin(SERVER_EVENT_RESULT, "", 3).number(request).number(ANSWERED);
      writePayload(writer, replied.answer());
    } else if (answer instanceof Present present) {
      encodePresent(writer.begin(PRESENT, "", 4).number(request), present);
    } else if (answer instanceof Refused refused) {
      boolean noHandler = refused.reason() == Reason.NO_HANDLER;
      writer.begin(SERVER_EVENT_RESULT, "", 3).number(request);
      writer.number(noHandler ? NO_HANDLER : FAILED).nil();
    } else {
      throw new AssertionError(answer);
    }
  }

  private static void encodePresent(MessageWriter writer, Present present) {
    writer.name("release", present.host().release()).number(present.host().age().toMillis());
    if (present.others() == null) {
      writer.nil();
    } else {
      writeHosts(writer, present.others());
    }
  }

  private static void writeHosts(MessageWriter writer, Set<HostId> hosts) {
    writer.array(hosts.size());
    hosts.forEach(host -> writer.name("host", host.value()));
  }

  /**
   * Decodes one message. The binary values of an emit are views of the input. Those of other
   * messages are copies, because they are used after the input.
   *
   * @param origin the origin of the frame
   * @return null for a kind that this release does not know
   * @throws MalformedFrameException when the bytes are not a valid message
   */
  static @Nullable PubSubMessage decode(HostId origin, ByteBuffer message)
      throws MalformedFrameException {
    try {
      MessageReader reader = new MessageReader(message);
      int elements = reader.arrayHeader();
      if (elements < 2) {
        throw new MalformedFrameException("message: too short (expected: [kind, namespace, …])");
      }
      int kind = reader.nonNegativeInt("kind");
      if (kind != EMIT) {
        reader.copyBinaries();
      }
      return decodeBody(origin, kind, reader, elements - 2);
    } catch (IllegalArgumentException e) {
      throw new MalformedFrameException("message: " + e.getMessage(), e);
    }
  }

  private static @Nullable PubSubMessage decodeBody(
      HostId origin, int kind, MessageReader in, int elements) throws MalformedFrameException {
    String namespace = in.string();
    return switch (kind) {
      case HELLO -> new Hello(in.string(), in.nonNegativeLong("ageMillis"));
      case HEARTBEAT -> decodeHeartbeat(elements, in);
      case BYE -> new Bye(elements < 1 ? -1 : in.nonNegativeLong("lastSeq"));
      case EMIT -> decodeEmit(namespace, in);
      case JOIN -> perform(namespace, new Join(readRecipients(in), in.strings()));
      case LEAVE -> perform(namespace, new Leave(readRecipients(in), in.strings()));
      case CLOSE_ROOM -> perform(namespace, new CloseRoom(in.string()));
      case DISCONNECT -> perform(namespace, new Disconnect(readRecipients(in), in.bool()));
      case QUERY -> decodeQuery(namespace, in);
      case SERVER_EVENT -> decodeServerEvent(origin, namespace, in);
      case ACK, ACK_COUNT, QUERY_RESULT, SERVER_EVENT_RESULT, PRESENT ->
          new Reply(in.nonNegativeLong("request"), decodeAnswer(origin, kind, in));
      case NACK -> new Nack(in.nonNegativeLong("from"), in.nonNegativeLong("to"));
      case GONE -> new Gone(in.nonNegativeLong("from"), in.nonNegativeLong("to"));
      default -> null;
    };
  }

  private static Perform perform(String namespace, Operation operation) {
    return new Perform(namespace, operation, 0);
  }

  private static Ask decodeQuery(String namespace, MessageReader in)
      throws MalformedFrameException {
    Recipients recipients = readRecipients(in);
    int bits = in.nonNegativeInt("projection");
    Set<Projection> projection = EnumSet.noneOf(Projection.class);
    for (Projection each : Projection.values()) {
      if ((bits & each.bit()) != 0) {
        projection.add(each);
      }
    }
    Question<?> question =
        (bits & IDS) == 0 ? new Count(recipients) : new FetchSockets(recipients, projection);
    return new Ask(namespace, question, 0, readReplyTo(in));
  }

  private static PubSubMessage decodeServerEvent(HostId origin, String namespace, MessageReader in)
      throws MalformedFrameException {
    ReplyTo replyTo = in.nil() ? null : readReplyTo(in);
    ServerEvent event = new ServerEvent(origin, requirePayload(in));
    return replyTo == null
        ? perform(namespace, event)
        : new Ask(namespace, new ServerEventWithReply(event), 0, replyTo);
  }

  private static Answer decodeAnswer(HostId origin, int kind, MessageReader in)
      throws MalformedFrameException {
    if (kind == ACK) {
      return new Acked(new SocketId(in.string()), readPayload(in));
    } else if (kind == ACK_COUNT) {
      return new Asked(in.nonNegativeInt("count"));
    } else if (kind == QUERY_RESULT) {
      return readFound(origin, in);
    } else if (kind == PRESENT) {
      HostInfo host =
          new HostInfo(origin, in.string(), Duration.ofMillis(in.nonNegativeLong("ageMillis")));
      return new Present(host, in.nil() ? null : readHosts(in));
    }
    int status = in.nonNegativeInt("status");
    EventPayload answer = readPayload(in);
    if (status == ANSWERED && answer != null) {
      return new Replied(answer);
    }
    return new Refused(status == NO_HANDLER ? Reason.NO_HANDLER : Reason.FAILED);
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
      writeHosts(writer, heard);
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

  private static void encodeEmit(
      MessageWriter writer, String namespace, Emit emit, long number, @Nullable ReplyTo replyTo) {
    int flags = 0;
    for (EmitFlag flag : emit.flags()) {
      flags |= flag.bit();
    }
    writer.begin(EMIT, namespace, 6).recipients(emit.recipients()).number(flags).number(number);
    writeReplyTo(writer, replyTo);
    writePayload(writer, emit.event());
  }

  private static void encodeServerEvent(
      MessageWriter writer, String namespace, ServerEvent event, @Nullable ReplyTo replyTo) {
    writer.begin(SERVER_EVENT, namespace, 2);
    writeReplyTo(writer, replyTo);
    writePayload(writer, event.event());
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

  private static Found readFound(HostId origin, MessageReader in) throws MalformedFrameException {
    int count = in.nonNegativeInt("count");
    int part = in.nonNegativeInt("part");
    int parts = in.nonNegativeInt("parts");
    int size = in.arrayHeader();
    List<RemoteSocket<EventPayload>> sockets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int elements = in.arrayHeader();
      SocketId id = new SocketId(in.string());
      Set<String> rooms = in.strings();
      sockets.add(new RemoteSocket<>(id, origin, rooms, readPayload(in)));
      in.skip(elements - 3);
    }
    return new Found(count, part, parts, sockets);
  }

  private static PubSubMessage decodeEmit(String namespace, MessageReader in)
      throws MalformedFrameException {
    Recipients recipients = readRecipients(in);
    int bits = in.nonNegativeInt("flags");
    long number = in.nonNegativeLong("number");
    ReplyTo replyTo = in.nil() ? null : readReplyTo(in);
    Emit emit = new Emit(recipients, requirePayload(in), flags(bits));
    return replyTo == null
        ? new Perform(namespace, emit, number)
        : new Ask(namespace, new EmitWithAck(emit), number, replyTo);
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
