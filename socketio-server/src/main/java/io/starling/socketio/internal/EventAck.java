package io.starling.socketio.internal;

import io.starling.socketio.Ack;
import io.starling.socketio.protocol.SocketIoPacket;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The answer to one event of one socket. */
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
}
