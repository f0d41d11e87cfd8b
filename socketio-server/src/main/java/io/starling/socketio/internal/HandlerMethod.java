package io.starling.socketio.internal;

import static java.util.stream.Collectors.joining;

import io.starling.socketio.Ack;
import io.starling.socketio.DisconnectReason;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An annotated method of an application's object that handles events, connects or disconnects. The
 * constructor checks the method and finds where each of its parameters comes from.
 */
final class HandlerMethod {
  private final Object target;
  private final Method method;
  private final HandlerKind kind;
  private final List<MethodCall.Source> sources = new ArrayList<>();

  /**
   * Checks a method.
   *
   * @throws IllegalArgumentException if the method cannot be a handler of this kind; the message
   *     says why
   */
  HandlerMethod(Object target, Method method, HandlerKind kind) {
    this.target = target;
    this.method = method;
    this.kind = kind;
    checkNotSuspending();
    int arguments = 0;
    for (Parameter parameter : method.getParameters()) {
      MethodCall.Source known = kind.source(parameter.getType());
      sources.add(known == null ? argument(parameter, arguments++) : known);
    }
    checkResult();
    if (!method.trySetAccessible()) {
      throw misfit("cannot be called", "a package that is open to this library");
    }
  }

  /** The class, name and parameter types of a method, for error messages. */
  static String describe(Method method) {
    return Stream.of(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(
            joining(
                ", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
  }

  /** Whether the method has an {@link Ack} parameter, so that it sends the ack itself. */
  boolean takesAck() {
    return List.of(method.getParameterTypes()).contains(Ack.class);
  }

  /**
   * Calls the method. The result of a void method is null. An exception of the method is thrown as
   * it is.
   */
  @Nullable Object call(MethodCall call) throws Exception {
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

  private MethodCall.Source argument(Parameter parameter, int index) {
    if (kind != HandlerKind.EVENT || parameter.getType() == DisconnectReason.class) {
      throw misfit("takes " + parameter.getType().getSimpleName(), kind.parameters());
    }
    Type type = parameter.getParameterizedType();
    boolean mayBeNull = nullable(parameter);
    boolean optional = parameter.getType() == Optional.class;
    return call -> {
      Object value = call.arguments().get(index, type);
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

  /**
   * Refuses a suspend function of Kotlin. The Kotlin compiler adds a last parameter of type {@code
   * Continuation} to such a function.
   */
  private void checkNotSuspending() {
    Class<?>[] types = method.getParameterTypes();
    if (types.length > 0
        && types[types.length - 1].getName().equals("kotlin.coroutines.Continuation")) {
      throw misfit(
          "is a suspend function of Kotlin",
          "a function that blocks, as with runBlocking, or gives back a CompletionStage, as with"
              + " future");
    }
  }

  private void checkResult() {
    Class<?> result = method.getReturnType();
    if (kind.answers()) {
      if (takesAck() && result != void.class) {
        throw misfit("takes an Ack and gives back another", "one of the two");
      }
    } else if (result != void.class
        && !(kind == HandlerKind.CONNECT && CompletionStage.class.isAssignableFrom(result))) {
      throw misfit(
          "gives back " + result.getSimpleName(),
          kind == HandlerKind.CONNECT ? "void or a CompletionStage" : "void");
    }
  }

  private IllegalArgumentException misfit(String what, String expected) {
    return new IllegalArgumentException(
        "method: " + describe(method) + " " + what + " (expected: " + expected + ")");
  }

  private static boolean nullable(Parameter parameter) {
    return Stream.of(parameter.getAnnotations(), parameter.getAnnotatedType().getAnnotations())
        .flatMap(Stream::of)
        .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals("Nullable"));
  }
}
