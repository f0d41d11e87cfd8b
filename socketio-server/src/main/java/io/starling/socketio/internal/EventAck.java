package io.starling.socketio.internal;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.Ack;
import io.starling.socketio.AckArguments;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The ack of one event that a client sent. It can be sent once. */
final class EventAck implements Ack {
  private final DefaultSocket socket;
  private final long id;
  private final AtomicBoolean sent = new AtomicBoolean();

  EventAck(DefaultSocket socket, long id) {
    this.socket = socket;
    this.id = id;
  }

  @Override
  public boolean expected() {
    return id != SocketIoPacket.NO_ACK;
  }

  @Override
  public void send(@Nullable Object... arguments) {
    SocketIoPacket.Ack packet = socket.answer(id, arguments);
    if (!sent.compareAndSet(false, true)) {
      throw new IllegalStateException("ack: sent before (expected: once)");
    }
    if (expected()) {
      socket.send(packet, Set.of());
    }
  }

  /**
   * Sends the result of a handler as the ack. If the result is a stage, the ack is sent when the
   * stage completes.
   *
   * @param event the name of the event, for reports of failures
   */
  void answer(String event, @Nullable Object answer) {
    if (answer instanceof CompletionStage<?> promised) {
      promised.whenCompleteAsync(
          (value, failure) -> fulfil(event, value, failure), socket.endpoint().callbacks());
    } else if (expected()) {
      send(arguments(answer));
    }
  }

  private void fulfil(String event, @Nullable Object value, @Nullable Throwable failure) {
    if (failure != null) {
      socket.failed(event, Steps.cause(failure));
      return;
    }
    try {
      if (expected()) {
        send(arguments(value));
      }
    } catch (Throwable e) {
      socket.failed(event, e);
    }
  }

  private static @Nullable Object[] arguments(@Nullable Object answer) {
    if (answer instanceof AckArguments several) {
      return several.values().toArray();
    }
    if (answer instanceof Arguments several) {
      return IntStream.range(0, several.size()).mapToObj(several::node).toArray();
    }
    return new Object[] {answer};
  }
}
