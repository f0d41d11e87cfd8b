package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.manager.RecordingOperations.Call;
import io.starling.manager.protocol.EventPayloadCodec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BroadcastOperatorTest {
  private final RecordingOperations operations = new RecordingOperations();
  private final BroadcastOperator everybody =
      BroadcastOperator.of(operations, EventPayloadCodec.standard(), "/chat");

  @Test
  void noRoomAddressesEverybody() {
    everybody.emit("hi");
    assertThat(operations.calls())
        .containsExactly(new Call("emit", "/chat", Recipients.ALL, "[\"hi\"]", Set.of()));
  }

  @Test
  void roomsAddUpAndExceptionsToo() {
    everybody.to("a").in("b", "c").except("x").except(List.of("y")).emit("hi", 1, "two");
    Recipients recipients = new Recipients(false, Set.of("a", "b", "c"), Set.of("x", "y"));
    assertThat(operations.calls())
        .containsExactly(new Call("emit", "/chat", recipients, "[\"hi\",1,\"two\"]", Set.of()));
  }

  @Test
  void anEmptyCollectionAddressesNobody() {
    everybody.to(List.of()).emit("hi");
    assertThat(operations.calls()).allMatch(call -> call.recipients().nobody()).hasSize(1);
  }

  @Test
  void aStepLeavesTheOperatorAsItWas() {
    BroadcastOperator room = everybody.to("a");
    room.to("b").except("c").asVolatile();
    room.emit("hi");
    assertThat(operations.calls())
        .containsExactly(new Call("emit", "/chat", Recipients.room("a"), "[\"hi\"]", Set.of()));
  }

  @Test
  void stepsSetAndClearFlags() {
    everybody.local().asVolatile().compress(false).emit("hi");
    everybody.compress(false).compress(true).emit("hi");
    assertThat(operations.calls())
        .extracting(Call::flags)
        .containsExactly(
            Set.of(EmitFlag.LOCAL, EmitFlag.VOLATILE, EmitFlag.UNCOMPRESSED), Set.of());
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks may write
  void aNullAloneIsOneArgument() {
    everybody.emit("hi", (Object[]) null);
    everybody.emit("hi", (Object) null);
    assertThat(operations.calls())
        .extracting(Call::detail)
        .containsExactly("[\"hi\",null]", "[\"hi\",null]");
  }

  @Test
  void roomOperationsGoToTheRecipients() {
    everybody.to("a").socketsJoin("x", "y");
    everybody.to("a").socketsLeave("x");
    everybody.to("a").disconnectSockets(true);
    Recipients a = Recipients.room("a");
    assertThat(operations.calls())
        .containsExactly(
            new Call("join", "/chat", a, List.of("x", "y"), Set.of()),
            new Call("leave", "/chat", a, List.of("x"), Set.of()),
            new Call("disconnect", "/chat", a, true, Set.of()));
  }

  @Test
  void whatCannotBeEncodedChangesNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.emit("hi", new Object()));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.emit("connect"));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.to("\ud800"));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.socketsJoin("r".repeat(1025)));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.timeout(Duration.ZERO));
    assertThat(operations.calls()).isEmpty();
  }

  @Test
  void nobodyAnswersAnEmitter() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> everybody.emitWithAck("hi"));
    assertThat(operations.calls()).isEmpty();
  }
}
