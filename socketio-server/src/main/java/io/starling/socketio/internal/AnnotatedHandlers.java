package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.protocol.payload.Event;
import io.starling.socketio.AckArguments;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventHandler;
import io.starling.socketio.OnEvent;
import io.starling.socketio.internal.Handlers.Kind;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the annotated methods of one object of the application and adds them to a {@link Handlers}.
 *
 * <p>The class of the object may be generated, for example by Spring as a proxy. Then the
 * annotations are taken from the superclass that was generated from. A call still goes through the
 * proxy, because the method is called on the object that the application registered.
 */
final class AnnotatedHandlers {
  /**
   * Parts of the names of generated classes. In order: CGLIB, Guice and Weld; Byte Buddy; Mockito;
   * Quarkus (two).
   */
  private static final List<String> GENERATED =
      List.of("$$", "$ByteBuddy$", "$MockitoMock$", "_ClientProxy", "_Subclass");

  private static final String SPRING_PROXY = "org.springframework.aop.SpringProxy";

  private final Object target;
  private final Handlers table;
  private final List<String> faults = new ArrayList<>();
  private boolean found;

  AnnotatedHandlers(Object target, Handlers table) {
    this.target = target;
    this.table = table;
  }

  /**
   * Adds the annotated methods to the table.
   *
   * @throws IllegalArgumentException if a method cannot be a handler, or there is no annotated
   *     method. The message has a line for each fault. The table may then hold some of the methods.
   */
  void add() {
    for (Method method : methods(target.getClass())) {
      for (HandlerKind kind : HandlerKind.values()) {
        if (method.isAnnotationPresent(kind.annotation())) {
          found = true;
          addReachable(method, kind);
        }
      }
    }
    if (!found) {
      faults.add(nothingFound());
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  private String nothingFound() {
    String name = "handlers: " + target.getClass().getName();
    return Proxy.isProxyClass(target.getClass())
        ? name
            + " is a JDK proxy, which hides the methods of its class (expected: the annotations on"
            + " an interface that it implements, or a proxy that is a subclass; Spring makes one"
            + " with proxyTargetClass = true, Spring Boot with spring.aop.proxy-target-class=true)"
        : name + " (expected: an annotated method)";
  }

  private void addReachable(Method method, HandlerKind kind) {
    if (passesProxyBy(method)) {
      faults.add(
          "method: "
              + HandlerMethod.describe(method)
              + " cannot be called through the Spring proxy of its object (expected: neither"
              + " private nor final)");
    } else {
      add(method, kind);
    }
  }

  /**
   * Whether calling a method on a Spring proxy would bypass the object behind the proxy. Private
   * and final methods do so, and would see the proxy's fields, which are not initialized.
   */
  private boolean passesProxyBy(Method method) {
    Method called = implementation(method);
    int modifiers = called.getModifiers();
    return (Modifier.isPrivate(modifiers) || Modifier.isFinal(modifiers))
        && !Modifier.isStatic(modifiers)
        && !generated(called.getDeclaringClass())
        && interfaces(target.getClass()).stream()
            .anyMatch(each -> each.getName().equals(SPRING_PROXY));
  }

  /**
   * The method that runs when this method is called on the object. For a method of an interface,
   * that is the implementation.
   */
  private Method implementation(Method method) {
    try {
      return method.getDeclaringClass().isInterface() && !Modifier.isPrivate(method.getModifiers())
          ? target.getClass().getMethod(method.getName(), method.getParameterTypes())
          : method;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
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
      case CONNECT ->
          table.add(Kind.CONNECT, connect(handler, method.getReturnType() == void.class));
      case CONNECTED -> table.onConnected(socket -> handler.call(MethodCall.of(socket)));
      case EVENT -> {
        String event = requireNonNull(method.getAnnotation(OnEvent.class)).value();
        table.set(event.isEmpty() ? method.getName() : event, event(method, handler));
      }
      case OTHER -> table.setOther(event(method, handler));
      case DISCONNECTING -> table.onDisconnecting(disconnect(handler));
      case DISCONNECT -> table.onDisconnect(disconnect(handler));
    }
  }

  private static EventHandler<Event> event(Method method, HandlerMethod handler) {
    boolean takesAck = handler.takesAck();
    boolean nothing = method.getReturnType() == void.class;
    return (socket, event, ack) -> {
      Object answer = handler.call(MethodCall.of(socket, event, ack));
      if (!takesAck) {
        ((EventAck) ack).answer(event.name(), nothing ? AckArguments.of() : answer);
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

  /**
   * The methods of a class and its superclasses that are not overridden, and annotated methods of
   * its interfaces, in alphabetical order. A method of an interface replaces its implementation if
   * only the former is annotated.
   */
  private static Collection<Method> methods(Class<?> type) {
    Map<String, Method> methods = new TreeMap<>();
    for (Class<?> each = written(type); each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        String signature = signature(method);
        if (Modifier.isPrivate(method.getModifiers())) {
          signature += each.getName();
        }
        if (!method.isSynthetic()) {
          methods.putIfAbsent(signature, method);
        }
      }
    }
    for (Class<?> each : interfaces(type)) {
      for (Method method : each.getDeclaredMethods()) {
        if (annotated(method) && !Modifier.isStatic(method.getModifiers())) {
          methods.merge(signature(method), method, (found, own) -> annotated(found) ? found : own);
        }
      }
    }
    return methods.values();
  }

  /** The nearest class in the hierarchy that was not generated; null if there is none. */
  private static @Nullable Class<?> written(Class<?> type) {
    Class<?> each = type;
    while (each != null && generated(each)) {
      each = each.getSuperclass();
    }
    return each;
  }

  private static boolean generated(Class<?> type) {
    return Proxy.isProxyClass(type) || GENERATED.stream().anyMatch(type.getName()::contains);
  }

  private static boolean annotated(Method method) {
    return Stream.of(HandlerKind.values())
        .anyMatch(kind -> method.isAnnotationPresent(kind.annotation()));
  }

  private static String signature(Method method) {
    return method.getName() + List.of(method.getParameterTypes());
  }

  /** All interfaces that a class implements, the nearest first. */
  private static Set<Class<?>> interfaces(Class<?> type) {
    Set<Class<?>> all = new LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> own : each.getInterfaces()) {
        all.add(own);
        all.addAll(interfaces(own));
      }
    }
    return all;
  }
}
