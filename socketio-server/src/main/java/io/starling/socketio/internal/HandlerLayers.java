package io.starling.socketio.internal;

import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that a namespace has from several places, the nearest first: its own, those that it
 * was made with, those of any namespace. The rules of precedence are here. Safe for any thread.
 */
final class HandlerLayers {
  private final HandlerTable[] tables;

  HandlerLayers(List<HandlerTable> tables) {
    this.tables = tables.toArray(new HandlerTable[0]);
  }

  /** What a client passes, in order: the farthest middlewares first, then the connect handlers. */
  List<AsyncConnectHandler> connectSteps() {
    List<AsyncConnectHandler> steps = List.of();
    for (int i = tables.length - 1; i >= 0; i--) {
      steps = joined(steps, tables[i].middlewares());
    }
    return joined(steps, nearest(HandlerTable::connectHandlers));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    if (first.isEmpty() || second.isEmpty()) {
      return first.isEmpty() ? second : first;
    }
    List<T> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  @Nullable EventCall handler(String event) {
    for (HandlerTable table : tables) {
      EventCall handler = table.handler(event);
      if (handler != null) {
        return handler;
      }
    }
    HandlerTable methods = methods();
    return methods == null ? null : methods.handler(event);
  }

  List<ConnectedHandler> connectedHandlers() {
    return nearest(HandlerTable::connectedHandlers);
  }

  List<DisconnectHandler> disconnectingHandlers() {
    return nearest(HandlerTable::disconnectingHandlers);
  }

  List<DisconnectHandler> disconnectHandlers() {
    return nearest(HandlerTable::disconnectHandlers);
  }

  private <T> List<T> nearest(Function<HandlerTable, List<T>> kind) {
    for (HandlerTable table : tables) {
      List<T> handlers = kind.apply(table);
      if (!handlers.isEmpty()) {
        return handlers;
      }
    }
    HandlerTable methods = methods();
    return methods == null ? List.of() : kind.apply(methods);
  }

  /** Those of the nearest table with a registered object, which hides the others'. */
  private @Nullable HandlerTable methods() {
    for (HandlerTable table : tables) {
      HandlerTable methods = table.methods();
      if (methods != null) {
        return methods;
      }
    }
    return null;
  }
}
