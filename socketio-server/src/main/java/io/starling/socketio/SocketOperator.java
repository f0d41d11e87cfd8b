package io.starling.socketio;

import io.starling.manager.AckTimeoutException;
import io.starling.manager.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one socket, in the way that was built up step by step: {@code
 * socket.timeout(ofSeconds(2)).call("question")}. Immutable: each step gives a new operator, and
 * one may be kept and used often. Safe for any thread; nothing blocks but {@link #call}. To a
 * socket that has left nothing is sent.
 */
public interface SocketOperator {
  /** What is sent is dropped when the client's transport cannot take it at once. */
  SocketOperator asVolatile();

  /** Whether a transport that compresses may do so; true unless told otherwise. */
  SocketOperator compress(boolean compress);

  /**
   * How long {@link #emitWithAck} and {@link #call} wait; {@link
   * SocketIoServerConfig.Builder#ackTimeout} unless told otherwise.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  SocketOperator timeout(Duration timeout);

  /**
   * Sends an event to this client alone.
   *
   * @param arguments as {@link io.starling.manager.BroadcastOperator#emit} takes them
   * @throws IllegalArgumentException when an argument cannot be represented, or the name is
   *     reserved; nothing is sent then
   */
  void emit(String event, @Nullable Object... arguments);

  /** The same as {@link #emit} with the event {@code message}. */
  default void send(@Nullable Object... arguments) {
    emit("message", arguments);
  }

  /**
   * Sends an event to this client and waits for its ack.
   *
   * @return what the client answered; dependent stages run on handler threads. Fails with {@link
   *     AckTimeoutException}, or at once with {@link SocketDisconnectedException} when the client
   *     leaves or has left
   * @throws IllegalArgumentException as {@link #emit}
   */
  CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this client and blocks until its ack is there. Meant for handlers and threads
   * of the application's own; the socket's other events wait while a handler of it does.
   *
   * @return what the client answered
   * @throws AckTimeoutException when it does not in time
   * @throws SocketDisconnectedException at once when the client leaves or has left
   * @throws IllegalStateException on an event loop, and while the connect handlers of the socket
   *     run: nothing can be answered then
   * @throws IllegalArgumentException as {@link #emit}
   */
  Arguments call(String event, @Nullable Object... arguments) throws InterruptedException;
}
