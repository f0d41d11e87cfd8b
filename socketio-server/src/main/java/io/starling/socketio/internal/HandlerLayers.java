package io.starling.socketio.internal;

import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the handlers of a namespace from several places: those of the namespace itself, those of
 * the pattern or predicate by which the namespace was created, and those of any namespace. The
 * rules of precedence of {@link io.starling.socketio.NamespaceHandlers} are implemented here. Safe
 * for any thread.
 *
 * <p>In this class, a lambda is a handler that was registered by itself, and a method is an
 * annotated method of a registered object.
 */
final class HandlerLayers {
  /**
   * The handlers of the namespace, then those of the pattern or predicate that created the
   * namespace, if one did.
   */
  private final HandlerTable[] own;

  private final HandlerTable anyNamespace;

  HandlerLayers(List<HandlerTable> own, HandlerTable anyNamespace) {
    this.own = own.toArray(new HandlerTable[0]);
    this.anyNamespace = anyNamespace;
  }

  /**
   * The steps that a client passes before it is let in. All middlewares come first: those of any
   * namespace, of the pattern or predicate, of the namespace. The connect handlers follow.
   */
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
   * All handlers of one kind: those of the pattern or predicate first, since they may guard the
   * namespace, then those of the namespace. If neither has any, those of any namespace stand in.
   * Lambdas of any namespace also replace the methods of the other two.
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

  /** The lambdas of one place; if there are none of this kind, its methods. */
  private static <T> List<T> ofOnePlace(HandlerTable table, Function<HandlerTable, List<T>> kind) {
    List<T> lambdas = kind.apply(table);
    HandlerTable methods = lambdas.isEmpty() ? table.methods() : null;
    return methods == null ? lambdas : kind.apply(methods);
  }

  /**
   * The methods of any namespace. Null if an object was registered for the namespace or for its
   * pattern or predicate, because such an object replaces these methods.
   */
  private @Nullable HandlerTable anyNamespacesMethods() {
    for (HandlerTable table : own) {
      if (table.methods() != null) {
        return null;
      }
    }
    return anyNamespace.methods();
  }
}
