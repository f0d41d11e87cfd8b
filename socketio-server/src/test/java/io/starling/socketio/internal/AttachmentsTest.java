package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.engineio.CloseReason;
import io.starling.manager.LocalServer;
import io.starling.manager.MissingHost;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.protocol.payload.EventPayload;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How many binary values one packet may have, in both directions. */
final class AttachmentsTest {
  private static final List<byte[]> TEN = Collections.nCopies(10, new byte[] {1});
  private static final List<byte[]> ELEVEN = Collections.nCopies(11, new byte[] {1});

  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();

  @Test
  void anEmitOfMoreThanClientsTakeIsRefusedBeforeAnythingIsSent() {
    FakeClient client = server.connect();
    Socket socket = server.root().sockets().iterator().next();
    List<ThrowingCallable> emits =
        List.of(
            () -> server.root().emit("x", ELEVEN),
            () -> server.root().broadcast().emit("x", ELEVEN),
            () -> server.root().to("room").emitWithAck("x", ELEVEN),
            () -> socket.emit("x", ELEVEN),
            () -> socket.asVolatile().emit("x", ELEVEN),
            () -> socket.emitWithAck("x", ELEVEN),
            () -> socket.call("x", ELEVEN));

    assertThat(emits)
        .allSatisfy(
            emit ->
                assertThatIllegalArgumentException()
                    .isThrownBy(emit)
                    .withMessageStartingWith("attachments: 11 (expected: at most 10 "));
    server.run();
    assertThat(client.took()).isEmpty();
    socket.emit("x", TEN);
    server.run();
    assertThat(client.took()).hasSize(11);
  }

  @Test
  void anAckOfMoreThanClientsTakeIsAFailureOfTheHandler() {
    server.root().on("by-hand", (socket, arguments, ack) -> ack.send(ELEVEN));
    server.root().answer("given-back", (socket, arguments) -> ELEVEN);
    FakeClient client = server.connect();
    client.sends("20[\"by-hand\"]");
    client.sends("21[\"given-back\"]");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.listener.heard)
        .filteredOn(line -> line.startsWith("handlerFailed"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("attachments: 11"));
  }

  @Test
  void oneSettingRaisesTheBoundInBothDirections() {
    ServerFixture more = new ServerFixture(config -> config.maxAttachments(100));
    more.root().on("x", (socket, arguments, ack) -> ack.send(arguments.get(0)));
    FakeClient client = more.connect();
    client.sends("5100-0[\"x\",[" + placeholders(100) + "]]");
    for (int i = 0; i < 100; i++) {
      client.sendsBinary("b");
    }
    more.run();

    assertThat(client.took()).hasSize(101).first().asString().startsWith("6100-0[[");
    client.sends("5101-[\"x\"]");
    more.run();
    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  @Test
  void aLoweredBoundCountsInBothDirections() {
    ServerFixture fewer = new ServerFixture(config -> config.maxAttachments(1));
    FakeClient client = fewer.connect();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fewer.root().emit("x", new byte[1], new byte[1]));
    client.sends("52-[\"x\"," + placeholders(2) + "]");
    fewer.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }

  @Test
  void whatStaysAmongServersHasNoBound() {
    server.connect();
    Socket socket = server.root().sockets().iterator().next();
    server
        .root()
        .onServerEvent(
            "x",
            (arguments, ack) -> {
              log.add(arguments.get(0, List.class));
              ack.send(ELEVEN);
            });
    server.root().serverEmit("x", ELEVEN);
    socket.data("pictures", ELEVEN);
    EventPayload event = server.endpoint.hostCodec().encodeEvent("x", List.of(ELEVEN));
    List<EventPayload> answers = new ArrayList<>();
    server.root().serverEvents().received(server.manager.hostId(), event, new Answers(answers));
    server.run();

    assertThat(log).hasSize(1);
    assertThat(answers).singleElement().satisfies(a -> assertThat(a.attachments()).hasSize(11));
  }

  @Test
  void whatAnotherServerEmittedIsDeliveredAsItIs() {
    FakeClient client = server.connect();
    EventPayload payload = server.endpoint.hostCodec().encodeEvent("x", List.of(ELEVEN));
    server.manager.perform("/", new Operation.Emit(Recipients.ALL, payload), Scope.CLUSTER);
    server.run();

    assertThat(client.took()).hasSize(12);
  }

  /** What one server answers another. */
  private record Answers(List<EventPayload> sent) implements LocalServer.ServerReply {
    @Override
    public void answered(EventPayload answer) {
      sent.add(answer);
    }

    @Override
    public void refused(MissingHost.Reason reason) {
      throw new AssertionError(reason);
    }
  }

  private static String placeholders(int count) {
    return String.join(
        ",",
        IntStream.range(0, count)
            .mapToObj(i -> "{\"_placeholder\":true,\"num\":" + i + "}")
            .toList());
  }
}
