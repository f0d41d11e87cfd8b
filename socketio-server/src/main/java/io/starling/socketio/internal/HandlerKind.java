package io.starling.socketio.internal;

import static java.util.stream.Collectors.joining;

import io.starling.manager.protocol.Arguments;
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

/** What an annotated method may handle, and what it may take beside an event's arguments. */
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

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
  private final List<Class<?>> special;

  HandlerKind(Class<? extends Annotation> annotation, Class<?>... special) {
    this.annotation = annotation;
    this.special = List.of(special);
  }

  Class<? extends Annotation> annotation() {
    return annotation;
  }

  /** Whether what a method gives back is an ack. */
  boolean answers() {
    return this == EVENT || this == OTHER;
  }

  /** Where a parameter of this type comes from; null when it is none of {@link #parameters}. */
  MethodCall.@Nullable Source source(Class<?> type) {
    return ALWAYS.contains(type) || special.contains(type) ? MethodCall.SOURCES.get(type) : null;
  }

  /** The types that may be taken, for people. */
  String parameters() {
    return Stream.concat(ALWAYS.stream(), special.stream())
        .map(Class::getSimpleName)
        .collect(joining(", "));
  }
}
