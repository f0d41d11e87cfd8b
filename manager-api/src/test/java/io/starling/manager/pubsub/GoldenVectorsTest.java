package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
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
import io.starling.manager.pubsub.FrameCodec.Header;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The vectors of docs/bus-protocol.md are the protocol; the codec must agree in both directions.
 */
class GoldenVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final HostId ORIGIN = new HostId("A");
  private static final EventPayload PRICE = json("[\"price\",{\"eur\":4.2}]");
  private static final ReplyTo REPLY_TO = new ReplyTo(3, "starling:host:A", 5_000);
  private static final HostInfo HERE =
      new HostInfo(ORIGIN, "starling 1.0", Duration.ofMillis(61_500));
  private static final Recipients NEWS = Recipients.room("news").except(List.of("muted"));

  private static final Map<String, PubSubMessage> MESSAGES = new LinkedHashMap<>();

  static {
    MESSAGES.put("hello", new Hello("starling 1.0", 1_500));
    MESSAGES.put("heartbeat", new Heartbeat(300, "starling 1.0", 61_500, null, null));
    MESSAGES.put(
        "heartbeat-with-heard", new Heartbeat(300, "starling 1.0", 61_500, hosts("B", "C"), null));
    MESSAGES.put(
        "heartbeat-with-departed",
        new Heartbeat(
            300, "starling 1.0", 61_500, null, List.of(new Departed(new HostId("D"), 12, 1))));
    MESSAGES.put(
        "heartbeat-with-departed-from",
        new Heartbeat(
            300, "starling 1.0", 61_500, null, List.of(new Departed(new HostId("D"), 12, 5))));
    MESSAGES.put(
        "heartbeat-with-all", new Heartbeat(300, "starling 1.0", 61_500, hosts("B"), List.of()));
    MESSAGES.put("bye", new Bye(-1));
    MESSAGES.put("bye-with-last", new Bye(300));
    MESSAGES.put("emit", new Perform("/", new Emit(NEWS, PRICE), 7));
    MESSAGES.put(
        "emit-to-all-with-ack",
        new Ask(
            "/chat",
            new EmitWithAck(
                new Emit(Recipients.ALL, PRICE, Set.of(EmitFlag.VOLATILE, EmitFlag.UNCOMPRESSED))),
            8,
            REPLY_TO));
    MESSAGES.put(
        "emit-binary",
        new Perform(
            "/",
            new Emit(
                Recipients.room("r"),
                new EventPayload(
                    utf8("[\"image\",{\"_placeholder\":true,\"num\":0}]"),
                    List.of(ByteBuffer.wrap(new byte[] {1, 2, (byte) 255})))),
            9));
    MESSAGES.put("ack", new Reply(3, new Acked(new SocketId("s1"), json("[\"ok\"]"))));
    MESSAGES.put("ack-none", new Reply(3, new Acked(new SocketId("s2"), null)));
    MESSAGES.put("ack-count", new Reply(3, new Asked(2)));
    MESSAGES.put("join", perform(new Join(Recipients.room("s1"), Set.of("news"))));
    MESSAGES.put("leave", perform(new Leave(NEWS, Set.of("news"))));
    MESSAGES.put("close-room", perform(new CloseRoom("news")));
    MESSAGES.put("disconnect", perform(new Disconnect(Recipients.ALL, true)));
    MESSAGES.put("query-count", ask(new Count(NEWS)));
    MESSAGES.put(
        "query-all", ask(new FetchSockets(Recipients.ALL, EnumSet.allOf(Projection.class))));
    MESSAGES.put(
        "query-result",
        new Reply(
            3,
            new Found(
                2,
                0,
                1,
                List.of(
                    new RemoteSocket<>(
                        new SocketId("s1"), ORIGIN, Set.of("news"), json("[{\"name\":\"Ann\"}]")),
                    new RemoteSocket<>(new SocketId("s2"), ORIGIN, Set.of(), null)))));
    MESSAGES.put("server-event", perform(new ServerEvent(ORIGIN, PRICE)));
    MESSAGES.put(
        "server-event-with-reply", ask(new ServerEventWithReply(new ServerEvent(ORIGIN, PRICE))));
    MESSAGES.put("server-event-result", new Reply(3, new Replied(json("[\"ok\"]"))));
    MESSAGES.put("server-event-no-handler", new Reply(3, new Refused(Reason.NO_HANDLER)));
    MESSAGES.put("present", new Reply(3, new Present(HERE, hosts("B", "C"))));
    MESSAGES.put("present-without-others", new Reply(3, new Present(HERE, null)));
    MESSAGES.put("nack", new Nack(41, 300));
    MESSAGES.put("gone", new Gone(41, 42));
  }

  @Test
  void everyMessageEncodesToItsVector() throws IOException {
    Map<String, String> documented = vectors();
    Map<String, String> encoded = new LinkedHashMap<>();
    MESSAGES.forEach((name, message) -> encoded.put(name, hex(MessageCodec.encode(message))));

    documented.keySet().removeIf(GoldenVectorsTest::isFrame);
    assertThat(encoded).isEqualTo(documented);
  }

  @Test
  void everyVectorDecodesToItsMessage() throws Exception {
    for (Map.Entry<String, String> vector : vectors().entrySet()) {
      if (!isFrame(vector.getKey())) {
        assertThat(MessageCodec.decode(ORIGIN, bytes(vector.getValue())))
            .as(vector.getKey())
            .isEqualTo(MESSAGES.get(vector.getKey()));
      }
    }
  }

  @Test
  void everyKindHasAVector() {
    Set<Class<?>> kinds =
        Stream.of(PubSubMessage.class, Operation.class, Question.class, Answer.class)
            .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
            .collect(Collectors.toSet());
    // On the wire, the search for a socket is the question for the sockets in the room of its id.
    kinds.remove(Question.Find.class);

    assertThat(
            MESSAGES.values().stream()
                .flatMap(message -> Stream.of(message, content(message)))
                .map(Object::getClass)
                .collect(Collectors.toSet()))
        .isEqualTo(kinds);
  }

  @Test
  void theSearchForASocketIsTheQuestionForTheRoomOfItsId() throws Exception {
    PubSubMessage sent = ask(new Question.Find(new SocketId("s1")));

    assertThat(MessageCodec.decode(ORIGIN, MessageCodec.encode(sent)))
        .isEqualTo(ask(new FetchSockets(Recipients.room("s1"), Set.of())));
  }

  private static Object content(PubSubMessage message) {
    if (message instanceof Perform perform) {
      return perform.operation();
    } else if (message instanceof Ask ask) {
      return ask.question();
    }
    return message instanceof Reply reply ? reply.answer() : message;
  }

  private static PubSubMessage perform(Operation operation) {
    return new Perform("/", operation, 0);
  }

  private static PubSubMessage ask(Question<?> question) {
    return new Ask("/", question, 0, REPLY_TO);
  }

  @Test
  void theFrameHasItsVector() throws Exception {
    agree("frame", FrameSeal.NONE);
  }

  @Test
  void theSignedFrameHasItsVector() throws Exception {
    agree("frame-signed", FrameSeal.of(List.of("0123456789abcdef")));
  }

  private static void agree(String vector, FrameSeal seal) throws Exception {
    Header header = new Header(new HostId("A"), "starling:all", 41, 2, 1_700_000_000_000L);
    List<ByteBuffer> messages =
        List.of(
            MessageCodec.encode(new Heartbeat(41, "s", 0, null, null)),
            MessageCodec.encode(new Bye(-1)));
    String documented = String.valueOf(vectors().get(vector));

    assertThat(hex(FrameCodec.encode(header, messages, seal))).isEqualTo(documented);
    FrameCodec.Frame decoded = FrameCodec.decode(bytes(documented), seal);
    assertThat(decoded.header()).isEqualTo(header);
    assertThat(FrameCodec.split(decoded)).isEqualTo(messages);
  }

  private static boolean isFrame(String vector) {
    return vector.startsWith("frame");
  }

  /** Lines of the form {@code vector NAME HEX}; the hex may have spaces. */
  private static Map<String, String> vectors() throws IOException {
    Map<String, String> vectors = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "bus-protocol.md"))) {
      if (line.startsWith("vector ")) {
        String[] parts = line.split(" +", 3);
        vectors.put(parts[1], parts[2].replace(" ", ""));
      }
    }
    return vectors;
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HEX.parseHex(hex));
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HEX.formatHex(copy);
  }

  private static Set<HostId> hosts(String... ids) {
    return Stream.of(ids).map(HostId::new).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static EventPayload json(String text) {
    return new EventPayload(utf8(text), List.of());
  }
}
