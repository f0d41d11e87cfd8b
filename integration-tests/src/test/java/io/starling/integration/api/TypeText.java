package io.starling.integration.api;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Types as they stand in source: simple names, generics, {@code ?} behind what may be null. */
final class TypeText {
  private TypeText() {}

  static String of(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) {
      return of(array.getAnnotatedGenericComponentType()) + "[]" + mark(array);
    }
    if (type instanceof AnnotatedParameterizedType generic) {
      String arguments = list(generic.getAnnotatedActualTypeArguments());
      return name(raw(generic.getType())) + "<" + arguments + ">" + mark(generic);
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      return wildcard(wildcard);
    }
    return simple(type.getType()) + mark(type);
  }

  static String list(AnnotatedType[] types) {
    return Arrays.stream(types).map(TypeText::of).collect(Collectors.joining(", "));
  }

  /** {@code <A, B extends C>} or nothing. */
  static String parameters(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(variable -> variable.getName() + bounds(variable.getAnnotatedBounds()))
            .collect(Collectors.joining(", ", "<", ">"));
  }

  /** With the names of the classes around it, without its package. */
  static String name(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return (outer == null ? "" : name(outer) + ".") + type.getSimpleName();
  }

  private static String bounds(AnnotatedType[] bounds) {
    String text =
        Arrays.stream(bounds).map(TypeText::of).collect(Collectors.joining(" & ", " extends ", ""));
    return text.equals(" extends Object") ? "" : text;
  }

  private static String wildcard(AnnotatedWildcardType wildcard) {
    AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
    return lower.length > 0
        ? "? super " + list(lower)
        : "?" + bounds(wildcard.getAnnotatedUpperBounds());
  }

  private static Class<?> raw(Type type) {
    return (Class<?>) ((ParameterizedType) type).getRawType();
  }

  private static String simple(Type type) {
    return type instanceof Class<?> plain ? name(plain) : type.getTypeName();
  }

  private static String mark(AnnotatedElement element) {
    return element.isAnnotationPresent(Nullable.class) ? "?" : "";
  }
}
