package io.starling.client;

import io.starling.protocol.payload.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to the server. Options are set step by step: {@code
 * socket.timeout(ofSeconds(2)).call("question")}. An operator is immutable: each step returns a new
 * one, which may be kept and used often. Safe for any thread. No method blocks except {@link
 * #call}. Events of one socket are sent in the order in which these methods are called.
 */
public interface SocketOperator {
  /**
   * Sends events as volatile: an event is dropped when the socket is not connected, or when its
   * transport cannot take it at once.
   */
  SocketOperator asVolatile();

  /**
   * Sets how long {@link #emitWithAck} and {@link #call} wait for the ack. The default is {@link
   * ClientOptions.Builder#ackTimeout}.
   *
   * @throws IllegalArgumentException when the timeout is zero or negative
   */
  SocketOperator timeout(Duration timeout);

  /**
   * Sends an event.
   *
   * @param arguments anything that JSON can represent; {@code byte[]} and {@link
   *     java.nio.ByteBuffer} at any depth are sent as binary values
   * @throws IllegalArgumentException when JSON cannot represent an argument, or when the name is
   *     reserved; nothing is sent then
   * @throws EmitRefusedException when too much waits already, when the client is closed, or when
   *     the socket is not connected and {@link OfflineEmits#FAIL} is set
   */
  void emit(String event, @Nullable Object... arguments);

  /** The same as {@link #emit} with the event {@code message}. */
  default void send(@Nullable Object... arguments) {
    emit("message", arguments);
  }

  /**
   * Sends an event and returns a stage for its ack.
   *
   * @return completes with the arguments of the ack. Dependent stages run on handler threads. Fails
   *     with {@link AckTimeoutException} when no ack comes in time, with {@link
   *     SocketDisconnectedException} when the socket is disconnected after the event was sent, and
   *     with {@link EmitRefusedException} when it was not sent
   * @throws IllegalArgumentException as {@link #emit}
   */
  CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments);

  /**
   * Sends an event and blocks until its ack has come. For handlers and for threads of the
   * application. While a handler of this socket blocks, its other events wait.
   *
   * @return the arguments of the ack
   * @throws AckTimeoutException when no ack comes in time
   * @throws SocketDisconnectedException at once when the socket is disconnected after the event was
   *     sent
   * @throws EmitRefusedException as {@link #emit}
   * @throws IllegalArgumentException as {@link #emit}
   */
  Arguments call(String event, @Nullable Object... arguments) throws InterruptedException;
}
