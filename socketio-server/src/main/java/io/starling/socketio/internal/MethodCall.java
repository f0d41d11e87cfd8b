package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import io.starling.socketio.Ack;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that one call of an annotated method can take as parameters.
 *
 * @param socket the socket whose handler is called
 * @param event null unless the method handles events
 * @param ack null unless the method handles events
 * @param reason why the socket left; null unless the method handles disconnects
 */
record MethodCall(
    Socket socket, @Nullable Event event, @Nullable Ack ack, @Nullable DisconnectReason reason) {
  /** Gets the value of one parameter of a handler method from the call. */
  @FunctionalInterface
  interface Source {
    @Nullable Object of(MethodCall call);
  }

  /** The source of a parameter by the type of the parameter. */
  static final Map<Class<?>, Source> SOURCES =
      Map.of(
          Socket.class, MethodCall::socket,
          Namespace.class, call -> call.socket().namespace(),
          Handshake.class, call -> call.socket().handshake(),
          Arguments.class, MethodCall::arguments,
          String.class, call -> requireNonNull(call.event()).name(),
          Ack.class, MethodCall::ack,
          DisconnectReason.class, MethodCall::reason);

  static MethodCall of(Socket socket) {
    return new MethodCall(socket, null, null, null);
  }

  static MethodCall of(Socket socket, Event event, Ack ack) {
    return new MethodCall(socket, event, ack, null);
  }

  static MethodCall of(Socket socket, DisconnectReason reason) {
    return new MethodCall(socket, null, null, reason);
  }

  Arguments arguments() {
    return requireNonNull(event).arguments();
  }
}
