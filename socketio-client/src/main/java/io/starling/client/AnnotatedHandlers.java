package io.starling.client;

import static java.util.stream.Collectors.joining;

import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the annotated methods of one object of the application. */
final class AnnotatedHandlers {
  /** The annotations, and the types of the parameters that each allows. */
  private static final Map<Class<? extends Annotation>, Set<Class<?>>> KINDS =
      Map.of(
          OnConnect.class, Set.of(ClientSocket.class),
          OnConnectError.class, Set.of(ClientSocket.class, ConnectFailedException.class),
          OnDisconnect.class, Set.of(ClientSocket.class, DisconnectReason.class),
          OnEvent.class, Set.of(ClientSocket.class, Arguments.class, Ack.class),
          OnOther.class, Set.of(ClientSocket.class, String.class, Arguments.class, Ack.class));

  private final ClientSocket socket;
  private final Object target;
  private final Handlers found = new Handlers();
  private final List<String> faults = new ArrayList<>();
  private boolean any;

  AnnotatedHandlers(ClientSocket socket, Object target) {
    this.socket = socket;
    this.target = target;
  }

  /**
   * Returns the handlers.
   *
   * @throws IllegalArgumentException if a method cannot be a handler, or there is no annotated
   *     method; with a line for each fault
   */
  Handlers find() {
    for (Method method : methods()) {
      for (Class<? extends Annotation> kind : KINDS.keySet()) {
        if (method.isAnnotationPresent(kind)) {
          any = true;
          try {
            add(method, kind);
          } catch (IllegalArgumentException e) {
            faults.add("method: " + describe(method) + " " + e.getMessage());
          }
        }
      }
    }
    if (!any) {
      String name = target.getClass().getName();
      faults.add("handlers: " + name + " (expected: an annotated method)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return found;
  }

  /** The methods of the class and its superclasses that are not overridden, by signature. */
  private Collection<Method> methods() {
    Map<String, Method> methods = new TreeMap<>();
    for (Class<?> each = target.getClass(); each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        String owner = Modifier.isPrivate(method.getModifiers()) ? each.getName() : "";
        if (!method.isSynthetic()) {
          methods.putIfAbsent(
              method.getName() + List.of(method.getParameterTypes()) + owner, method);
        }
      }
    }
    return methods.values();
  }

  private void add(Method method, Class<? extends Annotation> kind) {
    List<Source> sources = sources(method, kind);
    boolean nothing = method.getReturnType() == void.class;
    if (!nothing && kind != OnEvent.class && kind != OnOther.class) {
      throw new IllegalArgumentException("gives back a value (expected: void)");
    }
    if (!method.trySetAccessible()) {
      throw new IllegalArgumentException(
          "cannot be called (expected: a package that is open to this library)");
    }
    if (kind == OnConnect.class) {
      found.connect.add(() -> call(method, sources, new Call(null, null, null)));
    } else if (kind == OnConnectError.class) {
      found.connectError.add(error -> call(method, sources, new Call(null, null, error)));
    } else if (kind == OnDisconnect.class) {
      found.disconnect.add(reason -> call(method, sources, new Call(null, null, reason)));
    } else {
      addEvent(method, sources, nothing);
    }
  }

  private void addEvent(Method method, List<Source> sources, boolean nothing) {
    boolean takesAck = List.of(method.getParameterTypes()).contains(Ack.class);
    if (takesAck && !nothing) {
      throw new IllegalArgumentException(
          "takes an Ack and gives back another (expected: one of the two)");
    }
    EventReceiver<Event> handler =
        (event, ack) -> {
          Object answer = call(method, sources, new Call(event, ack, null));
          if (!takesAck) {
            ((EventAck) ack).answer(event.name(), nothing ? AckArguments.of() : answer);
          }
        };
    OnEvent named = method.getAnnotation(OnEvent.class);
    if (named == null) {
      found.setOther(handler);
    } else {
      found.set(named.value().isEmpty() ? method.getName() : named.value(), handler);
    }
  }

  private List<Source> sources(Method method, Class<? extends Annotation> kind) {
    Set<Class<?>> allowed = KINDS.getOrDefault(kind, Set.of());
    List<Source> sources = new ArrayList<>();
    int arguments = 0;
    for (Parameter parameter : method.getParameters()) {
      Class<?> type = parameter.getType();
      if (allowed.contains(type)) {
        sources.add(known(type));
      } else if (kind == OnEvent.class) {
        sources.add(argument(parameter, arguments++));
      } else {
        String names = allowed.stream().map(Class::getSimpleName).sorted().collect(joining(", "));
        throw new IllegalArgumentException(
            "takes " + type.getSimpleName() + " (expected: " + names + ")");
      }
    }
    return sources;
  }

  private Source known(Class<?> type) {
    if (type == ClientSocket.class) {
      return call -> socket;
    } else if (type == Arguments.class) {
      return call -> call.event == null ? null : call.event.arguments();
    } else if (type == String.class) {
      return call -> call.event == null ? null : call.event.name();
    }
    return type == Ack.class ? call -> call.ack : call -> call.other;
  }

  private static Source argument(Parameter parameter, int index) {
    Type type = parameter.getParameterizedType();
    boolean optional = parameter.getType() == Optional.class;
    boolean mayBeNull =
        Stream.of(parameter.getAnnotations(), parameter.getAnnotatedType().getAnnotations())
            .flatMap(Stream::of)
            .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
    return call -> {
      Object value = call.event == null ? null : call.event.arguments().get(index, type);
      if (value != null || mayBeNull) {
        return value;
      }
      if (optional) {
        return Optional.empty();
      }
      throw new IllegalArgumentException(
          "argument " + index + ": none (expected: " + type.getTypeName() + ")");
    };
  }

  private @Nullable Object call(Method method, List<Source> sources, Call call) throws Exception {
    @Nullable Object[] values = new Object[sources.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = sources.get(i).of(call);
    }
    try {
      return method.invoke(target, values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static String describe(Method method) {
    return Stream.of(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(
            joining(
                ", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
  }

  /** The values that one call can take as parameters; {@code other} is a reason or an error. */
  private record Call(@Nullable Event event, @Nullable Ack ack, @Nullable Object other) {}

  @FunctionalInterface
  private interface Source {
    @Nullable Object of(Call call);
  }
}
