package io.starling.socketio.internal;

import static java.util.stream.Collectors.joining;

import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.OnConnect;
import io.starling.socketio.OnConnected;
import io.starling.socketio.OnDisconnect;
import io.starling.socketio.OnDisconnecting;
import io.starling.socketio.OnEvent;
import io.starling.socketio.OnOther;
import io.starling.socketio.Socket;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of handler that an annotated method can be, and the parameters that each kind may have
 * besides the arguments of an event.
 */
enum HandlerKind {
  CONNECT(OnConnect.class),
  CONNECTED(OnConnected.class),
  EVENT(OnEvent.class, Arguments.class, Ack.class),
  OTHER(OnOther.class, String.class, Arguments.class, Ack.class),
  DISCONNECTING(OnDisconnecting.class, DisconnectReason.class),
  DISCONNECT(OnDisconnect.class, DisconnectReason.class);

  private static final List<Class<?>> ALWAYS =
      List.of(Socket.class, Namespace.class, Handshake.class);

  private final Class<? extends Annotation> annotation;

  @SuppressWarnings("ImmutableEnumChecker") // The list is unmodifiable.
  private final List<Class<?>> special;

  HandlerKind(Class<? extends Annotation> annotation, Class<?>... special) {
    this.annotation = annotation;
    this.special = List.of(special);
  }

  Class<? extends Annotation> annotation() {
    return annotation;
  }

  /** Whether the result of a method is sent to the client as an ack. */
  boolean answers() {
    return this == EVENT || this == OTHER;
  }

  /**
   * Where a parameter of this type gets its value. Null if the type is not one of {@link
   * #parameters}; then the parameter can only be an argument of the event.
   */
  MethodCall.@Nullable Source source(Class<?> type) {
    return ALWAYS.contains(type) || special.contains(type) ? MethodCall.SOURCES.get(type) : null;
  }

  /** The names of the parameter types that this kind allows, for error messages. */
  String parameters() {
    return Stream.concat(ALWAYS.stream(), special.stream())
        .map(Class::getSimpleName)
        .collect(joining(", "));
  }
}
