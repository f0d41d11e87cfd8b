package io.starling.socketio.internal;

import io.starling.manager.AckTimeoutException;
import io.starling.manager.EmitFlag;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.SocketDisconnectedException;
import io.starling.socketio.SocketOperator;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of {@link SocketOperator}: emits to one socket, with or without an ack.
 * Immutable.
 */
final class DefaultSocketOperator implements SocketOperator {
  private final DefaultSocket socket;
  private final Set<EmitFlag> flags;
  private final Duration timeout;

  /** An operator with the default options: no flags, and the timeout of the configuration. */
  DefaultSocketOperator(DefaultSocket socket) {
    this(socket, Set.of(), socket.endpoint().config().ackTimeout());
  }

  private DefaultSocketOperator(DefaultSocket socket, Set<EmitFlag> flags, Duration timeout) {
    this.socket = socket;
    this.flags = flags;
    this.timeout = timeout;
  }

  @Override
  public SocketOperator asVolatile() {
    return with(EmitFlag.VOLATILE, true);
  }

  @Override
  public SocketOperator compress(boolean compress) {
    return with(EmitFlag.UNCOMPRESSED, !compress);
  }

  @Override
  public SocketOperator timeout(Duration newTimeout) {
    if (newTimeout.isNegative() || newTimeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + newTimeout + " (expected: > 0)");
    }
    return new DefaultSocketOperator(socket, flags, newTimeout);
  }

  @Override
  public void emit(String event, @Nullable Object... arguments) {
    send(SocketIoPacket.NO_ACK, encode(event, arguments));
  }

  @Override
  public CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments) {
    CompletableFuture<Arguments> result = new CompletableFuture<>();
    ask(
        encode(event, arguments),
        answer -> socket.endpoint().callbacks().execute(() -> complete(result, answer)));
    return result;
  }

  @Override
  public Arguments call(String event, @Nullable Object... arguments) throws InterruptedException {
    EventPayload payload = encode(event, arguments);
    if (socket.engineSession().loop().inLoop()) {
      throw new IllegalStateException("call: on an event loop (expected: a thread that may wait)");
    }
    if (socket.life().connecting()) {
      throw new IllegalStateException("call: " + socket + " is connecting (expected: connected)");
    }
    // The answer does not go through the callback threads, because all of them may be blocked in
    // calls of this method.
    CompletableFuture<Optional<EventPayload>> answered = new CompletableFuture<>();
    ask(payload, answer -> answered.complete(Optional.ofNullable(answer)));
    try {
      return result(answered.get().orElse(null));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private EventPayload encode(String event, @Nullable Object @Nullable [] arguments) {
    return DefaultSocket.encode(socket.endpoint(), event, arguments);
  }

  private void send(long ackId, EventPayload payload) {
    socket.send(new SocketIoPacket.Event(socket.namespace().name(), ackId, payload), flags);
  }

  /**
   * Emits with an ack. The collector is called once, on any thread, with the answer, or with null
   * when the socket has left or did not answer in time.
   */
  private void ask(EventPayload payload, Consumer<@Nullable EventPayload> collector) {
    long ackId = socket.namespace().nextAckId();
    AckRequest request =
        new AckRequest(ackId, List.of(socket), (id, answer) -> collector.accept(answer));
    request.expect();
    send(ackId, payload);
    request.expireBy(socket.endpoint().deadlines(), timeout);
  }

  private void complete(CompletableFuture<Arguments> result, @Nullable EventPayload answer) {
    try {
      result.complete(result(answer));
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private Arguments result(@Nullable EventPayload answer) {
    if (answer != null) {
      return socket.endpoint().codec().decode(answer);
    }
    throw socket.acks().closed()
        ? new SocketDisconnectedException(socket.id())
        : new AckTimeoutException(socket.id(), timeout);
  }

  private SocketOperator with(EmitFlag flag, boolean set) {
    Set<EmitFlag> changed = EnumSet.of(flag);
    changed.addAll(flags);
    if (!set) {
      changed.remove(flag);
    }
    return new DefaultSocketOperator(socket, Collections.unmodifiableSet(changed), timeout);
  }
}
