package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.Operation;
import io.starling.manager.Projection;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BusMessageTest {
  private static final HostId ORIGIN = new HostId("A");
  private static final Recipients ROOM = Recipients.room("r");
  private static final EventPayload EVENT = new EventPayload(ByteBuffer.allocate(2), List.of());
  private static final Operation.Emit EMIT = new Operation.Emit(ROOM, EVENT);
  private static final Header HEADER = new Header(ORIGIN, "starling:all", 41, 3, 1_000);

  private static BusMessage of(@Nullable PubSubMessage message) {
    return BusMessage.of(HEADER, 1, message);
  }

  private static BusMessage of(Operation operation) {
    return of(new Perform("/n", operation, 0));
  }

  private static BusMessage of(Question<?> question) {
    return of(new Ask("/n", question, 0, new ReplyTo(1, "starling:host:A", 500)));
  }

  private static BusMessage expected(
      String kind, Recipients recipients, @Nullable EventPayload event, Map<String, Object> more) {
    return new BusMessage(
        ORIGIN, 42, Instant.ofEpochMilli(1_000), kind, "/n", recipients, event, more);
  }

  @Test
  void everyOperationIsDescribed() {
    assertThat(of(EMIT)).isEqualTo(expected("emit", ROOM, EVENT, Map.of()));
    assertThat(of(new Operation.Join(ROOM, Set.of("b", "a"))))
        .isEqualTo(expected("join", ROOM, null, Map.of("joined", List.of("a", "b"))));
    assertThat(of(new Operation.Leave(ROOM, Set.of("a"))))
        .isEqualTo(expected("leave", ROOM, null, Map.of("left", List.of("a"))));
    assertThat(of(new Operation.CloseRoom("r")))
        .isEqualTo(expected("close room", ROOM, null, Map.of()));
    assertThat(of(new Operation.Disconnect(ROOM, true)))
        .isEqualTo(expected("disconnect", ROOM, null, Map.of("closeTransport", true)));
    assertThat(of(new Operation.ServerEvent(ORIGIN, EVENT)))
        .isEqualTo(expected("server event", Recipients.ALL, EVENT, Map.of()));
  }

  @Test
  void everyQuestionIsDescribed() {
    Map<String, Object> timeout = Map.of("timeoutMillis", 500);
    assertThat(of(new Question.EmitWithAck(EMIT)))
        .isEqualTo(expected("emit", ROOM, EVENT, timeout));
    assertThat(of(new Question.ServerEventWithReply(new Operation.ServerEvent(ORIGIN, EVENT))))
        .isEqualTo(expected("server event", Recipients.ALL, EVENT, timeout));
    assertThat(of(new Question.Count(ROOM)))
        .isEqualTo(expected("query", ROOM, null, Map.of("asks", "count", "timeoutMillis", 500)));
    assertThat(of(new Question.FetchSockets(ROOM, Set.of(Projection.ROOMS))).details())
        .containsEntry("asks", "sockets");
    assertThat(of(new Question.Find(new SocketId("r"))).recipients()).isEqualTo(ROOM);
  }

  @Test
  void whatHostsTellOfThemselvesIsDescribed() {
    assertThat(of(new Hello("starling 1", 5)).details())
        .isEqualTo(Map.of("release", "starling 1", "ageMillis", 5L));
    assertThat(of(new Heartbeat(1, "starling 1", 5, null, null)).kind()).isEqualTo("heartbeat");
    assertThat(of(new Bye(1)).kind()).isEqualTo("bye");
  }

  @Test
  void whatIsNotForAllIsUnknown() {
    assertThat(of((PubSubMessage) null).kind()).isEqualTo("unknown");
    assertThat(of(new Nack(1, 2)).kind()).isEqualTo("unknown");
  }
}
