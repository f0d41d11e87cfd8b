package io.starling.client;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The ack of one event of the server. It can be sent once. */
final class EventAck implements Ack {
  private final SocketState socket;
  private final long id;
  private final int epoch;
  private final AtomicBoolean sent = new AtomicBoolean();

  /**
   * An ack that was not sent.
   *
   * @param epoch the connection of the socket on which the event arrived
   */
  EventAck(SocketState socket, long id, int epoch) {
    this.socket = socket;
    this.id = id;
    this.epoch = epoch;
  }

  @Override
  public boolean expected() {
    return id != SocketIoPacket.NO_ACK;
  }

  @Override
  public void send(@Nullable Object... arguments) {
    EventPayload payload =
        socket.connection().options().codec.encodeArguments(Arrays.asList(arguments));
    if (!sent.compareAndSet(false, true)) {
      throw new IllegalStateException("ack: sent before (expected: once)");
    }
    if (expected()) {
      socket.answer(id, payload, epoch);
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
          (value, failure) -> fulfil(event, value, failure), socket.connection().callbacks());
    } else if (expected()) {
      send(arguments(answer));
    }
  }

  private void fulfil(String event, @Nullable Object value, @Nullable Throwable failure) {
    if (failure != null) {
      boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
      socket.failed(event, wrapped ? failure.getCause() : failure);
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
