package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.OnEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** Makes handlers of the annotated methods of one object. */
final class AnnotatedHandlers {
  private final Object target;
  private final HandlerTable table;
  private final List<String> faults = new ArrayList<>();
  private boolean found;

  AnnotatedHandlers(Object target, HandlerTable table) {
    this.target = target;
    this.table = table;
  }

  /**
   * Adds them to the table.
   *
   * @throws IllegalArgumentException naming all that do not fit, one a line; some of the others are
   *     in the table then
   */
  void add() {
    for (Method method : methods(target.getClass())) {
      for (HandlerKind kind : HandlerKind.values()) {
        if (method.isAnnotationPresent(kind.annotation())) {
          found = true;
          add(method, kind);
        }
      }
    }
    if (!found) {
      faults.add("handlers: " + target.getClass().getName() + " (expected: an annotated method)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  private void add(Method method, HandlerKind kind) {
    HandlerMethod handler;
    try {
      handler = new HandlerMethod(target, method, kind);
    } catch (IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
      return;
    }
    try {
      add(method, kind, handler);
    } catch (IllegalArgumentException e) {
      faults.add("method: " + HandlerMethod.describe(method) + ": " + e.getMessage());
    }
  }

  private void add(Method method, HandlerKind kind, HandlerMethod handler) {
    switch (kind) {
      case CONNECT -> table.addConnect(connect(handler, method.getReturnType() == void.class));
      case CONNECTED -> table.onConnected(socket -> handler.call(MethodCall.of(socket)));
      case EVENT -> {
        String event = requireNonNull(method.getAnnotation(OnEvent.class)).value();
        table.add(event.isEmpty() ? method.getName() : event, event(handler));
      }
      case OTHER -> table.addOther(event(handler));
      case DISCONNECTING -> table.onDisconnecting(disconnect(handler));
      case DISCONNECT -> table.onDisconnect(disconnect(handler));
    }
  }

  private static EventCall event(HandlerMethod handler) {
    boolean takesAck = handler.takesAck();
    return (socket, event, ack) -> {
      Object answer = handler.call(MethodCall.of(socket, event, ack));
      if (!takesAck) {
        ack.answer(event.name(), answer);
      }
    };
  }

  private static AsyncConnectHandler connect(HandlerMethod handler, boolean sync) {
    return socket -> {
      Object stage = handler.call(MethodCall.of(socket));
      return sync ? Steps.DONE : (CompletionStage<?>) requireNonNull(stage, "stage");
    };
  }

  private static DisconnectHandler disconnect(HandlerMethod handler) {
    return (socket, reason) -> handler.call(MethodCall.of(socket, reason));
  }

  /** Those of a class and its superclasses that are not overridden, in the order of their names. */
  private static Collection<Method> methods(Class<?> type) {
    Map<String, Method> methods = new TreeMap<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        String signature = method.getName() + List.of(method.getParameterTypes());
        if (Modifier.isPrivate(method.getModifiers())) {
          signature += each.getName();
        }
        if (!method.isSynthetic()) {
          methods.putIfAbsent(signature, method);
        }
      }
    }
    return methods.values();
  }
}
