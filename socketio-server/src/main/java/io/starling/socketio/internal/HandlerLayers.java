package io.starling.socketio.internal;

import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that a namespace has from several places: its own, those of the pattern or predicate
 * that it was made with, those of any namespace. The rules of precedence are here. Safe for any
 * thread.
 */
final class HandlerLayers {
  /** The namespace's own first. */
  private final HandlerTable[] own;

  private final HandlerTable anyNamespace;

  HandlerLayers(List<HandlerTable> own, HandlerTable anyNamespace) {
    this.own = own.toArray(new HandlerTable[0]);
    this.anyNamespace = anyNamespace;
  }

  /** What a client passes, in order: all middlewares, the farthest first, then connect handlers. */
  List<AsyncConnectHandler> connectSteps() {
    List<AsyncConnectHandler> steps = anyNamespace.middlewares();
    for (int i = own.length - 1; i >= 0; i--) {
      steps = joined(steps, own[i].middlewares());
    }
    return joined(steps, all(HandlerTable::connectHandlers));
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
    for (HandlerTable table : own) {
      EventCall handler = table.handler(event);
      if (handler != null) {
        return handler;
      }
    }
    EventCall handler = anyNamespace.handler(event);
    return handler == null ? method(event) : handler;
  }

  private @Nullable EventCall method(String event) {
    for (HandlerTable table : own) {
      HandlerTable methods = table.methods();
      EventCall handler = methods == null ? null : methods.handler(event);
      if (handler != null) {
        return handler;
      }
    }
    HandlerTable methods = anyNamespacesMethods();
    return methods == null ? null : methods.handler(event);
  }

  List<ConnectedHandler> connectedHandlers() {
    return all(HandlerTable::connectedHandlers);
  }

  List<DisconnectHandler> disconnectingHandlers() {
    return all(HandlerTable::disconnectingHandlers);
  }

  List<DisconnectHandler> disconnectHandlers() {
    return all(HandlerTable::disconnectHandlers);
  }

  /**
   * Those of the pattern, which may guard the namespace, and then the namespace's own. Those of any
   * namespace stand in when there are none.
   */
  private <T> List<T> all(Function<HandlerTable, List<T>> kind) {
    List<T> standIns = kind.apply(anyNamespace);
    if (!standIns.isEmpty() && noLambdas(kind)) {
      return standIns;
    }
    List<T> handlers = List.of();
    for (int i = own.length - 1; i >= 0; i--) {
      handlers = joined(handlers, ofOnePlace(own[i], kind));
    }
    HandlerTable methods = handlers.isEmpty() ? anyNamespacesMethods() : null;
    return methods == null ? handlers : kind.apply(methods);
  }

  private <T> boolean noLambdas(Function<HandlerTable, List<T>> kind) {
    for (HandlerTable table : own) {
      if (!kind.apply(table).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** A place's methods stand in when it has no lambdas of this kind. */
  private static <T> List<T> ofOnePlace(HandlerTable table, Function<HandlerTable, List<T>> kind) {
    List<T> lambdas = kind.apply(table);
    HandlerTable methods = lambdas.isEmpty() ? table.methods() : null;
    return methods == null ? lambdas : kind.apply(methods);
  }

  /** Null where the namespace has a registered object of its own or of its pattern. */
  private @Nullable HandlerTable anyNamespacesMethods() {
    for (HandlerTable table : own) {
      if (table.methods() != null) {
        return null;
      }
    }
    return anyNamespace.methods();
  }
}
