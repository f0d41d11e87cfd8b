package io.starling.client;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The options of an emit.
 *
 * @param socket the socket that sends
 * @param isVolatile whether the event may be dropped
 * @param ackTimeout how long to wait for an ack
 */
record Emission(SocketState socket, boolean isVolatile, Duration ackTimeout)
    implements SocketOperator {
  @Override
  public SocketOperator asVolatile() {
    return new Emission(socket, true, ackTimeout);
  }

  @Override
  public SocketOperator timeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: > 0)");
    }
    return new Emission(socket, isVolatile, timeout);
  }

  @Override
  public void emit(String event, @Nullable Object... arguments) {
    socket.connection().emit(socket, encode(event, arguments), isVolatile, null);
  }

  @Override
  public CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments) {
    ClientConnection connection = socket.connection();
    Answer answer = new Answer(ackTimeout, socket);
    try {
      connection.emit(socket, encode(event, arguments), isVolatile, answer);
    } catch (EmitRefusedException e) {
      answer.payload.completeExceptionally(e);
    }
    return answer.payload.thenApplyAsync(
        connection.options().codec::decode, connection.callbacks());
  }

  @Override
  public Arguments call(String event, @Nullable Object... arguments) throws InterruptedException {
    Answer answer = new Answer(ackTimeout, socket);
    socket.connection().emit(socket, encode(event, arguments), isVolatile, answer);
    try {
      return socket.connection().options().codec.decode(answer.payload.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SocketIoClientException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private EventPayload encode(String event, @Nullable Object... arguments) {
    return socket.connection().options().codec.encodeEvent(event, Arrays.asList(arguments));
  }

  /** The ack that a caller waits for. */
  private static final class Answer extends PendingAck {
    final CompletableFuture<EventPayload> payload = new CompletableFuture<>();
    private final SocketState socket;

    Answer(Duration timeout, SocketState socket) {
      super(timeout);
      this.socket = socket;
    }

    @Override
    void done(@Nullable EventPayload answer, @Nullable Throwable failure) {
      if (answer != null) {
        payload.complete(answer);
      } else if (failure != null) {
        payload.completeExceptionally(failure);
        socket.connection().tell(listener -> listener.ackFailed(socket.face(), failure));
      }
    }
  }
}
