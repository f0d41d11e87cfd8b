package io.starling.socketio;

import io.starling.manager.AckTimeoutException;
import io.starling.protocol.payload.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one socket. Options are set step by step: {@code
 * socket.timeout(ofSeconds(2)).call("question")}. An operator is immutable: each step returns a new
 * one, which may be kept and used often. Safe for any thread. No method blocks except {@link
 * #call}.
 *
 * <p>Events that are sent while the connect handlers of the socket run are kept, and sent when the
 * client is connected. Nothing is sent to a socket that has left.
 */
public interface SocketOperator {
  /**
   * Sends events as volatile: an event is dropped when the client's transport cannot take it at
   * once.
   */
  SocketOperator asVolatile();

  /**
   * Allows or forbids compression of the events that are sent. It is allowed by default. A
   * transport compresses only if the configuration says so.
   */
  SocketOperator compress(boolean compress);

  /**
   * Sets how long {@link #emitWithAck} and {@link #call} wait for the ack. The default is {@link
   * SocketIoServerConfig.Builder#ackTimeout}.
   *
   * @throws IllegalArgumentException when the timeout is zero or negative
   */
  SocketOperator timeout(Duration timeout);

  /**
   * Sends an event to this client alone.
   *
   * @param arguments the same kinds of values that {@link
   *     io.starling.manager.BroadcastOperator#emit} takes
   * @throws IllegalArgumentException when JSON cannot represent an argument, or when the name is
   *     reserved; nothing is sent then
   */
  void emit(String event, @Nullable Object... arguments);

  /** The same as {@link #emit} with the event {@code message}. */
  default void send(@Nullable Object... arguments) {
    emit("message", arguments);
  }

  /**
   * Sends an event to this client and returns a stage for its ack.
   *
   * @return completes with the arguments of the ack. Dependent stages run on handler threads. Fails
   *     with {@link AckTimeoutException} when no ack comes in time, and at once with {@link
   *     SocketDisconnectedException} when the client leaves or has left
   * @throws IllegalArgumentException as {@link #emit}
   */
  CompletionStage<Arguments> emitWithAck(String event, @Nullable Object... arguments);

  /**
   * Sends an event to this client and blocks until its ack has come. For handlers and for threads
   * of the application. While a handler of this socket blocks, its other events wait.
   *
   * @return the arguments of the ack
   * @throws AckTimeoutException when no ack comes in time
   * @throws SocketDisconnectedException at once when the client leaves or has left
   * @throws IllegalStateException on an event loop, and while the connect handlers of the socket
   *     run, since the client cannot answer then
   * @throws IllegalArgumentException as {@link #emit}
   */
  Arguments call(String event, @Nullable Object... arguments) throws InterruptedException;
}
