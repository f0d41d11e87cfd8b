package io.starling.integration.api;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One public type: a line for itself, and one for each public or protected member, sorted. */
final class ApiListing {
  private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
  private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

  private final Class<?> type;
  private final Set<String> members = new TreeSet<>();

  private ApiListing(Class<?> type) {
    this.type = type;
  }

  static List<String> of(Class<?> type) {
    ApiListing listing = new ApiListing(type);
    Arrays.stream(type.getDeclaredFields()).forEach(listing::add);
    Arrays.stream(type.getDeclaredConstructors()).forEach(listing::add);
    Arrays.stream(type.getDeclaredMethods()).forEach(listing::add);
    return Stream.concat(
            Stream.of(listing.head()), listing.members.stream().map(member -> "  " + member))
        .toList();
  }

  private String head() {
    return modifiers(type, type.getModifiers() & ~(Modifier.INTERFACE | Modifier.ABSTRACT))
        + kind()
        + " "
        + type.getPackageName()
        + "."
        + TypeText.name(type)
        + TypeText.parameters(type.getTypeParameters())
        + parents();
  }

  private String kind() {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return type.isSealed() ? "sealed interface" : "interface";
    }
    if (type.isRecord() || type.isEnum()) {
      return type.isRecord() ? "record" : "enum";
    }
    return Modifier.isAbstract(type.getModifiers()) ? "abstract class" : "class";
  }

  private String parents() {
    AnnotatedType above = type.getAnnotatedSuperclass();
    boolean worthTelling =
        above != null && above.getType() != Object.class && !type.isRecord() && !type.isEnum();
    String extended = worthTelling ? " extends " + TypeText.of(above) : "";
    AnnotatedType[] promised = type.getAnnotatedInterfaces();
    return promised.length == 0 || type.isAnnotation()
        ? extended
        : extended + " : " + TypeText.list(promised);
  }

  private void add(Field field) {
    if (isOffered(field.getModifiers()) && !field.isSynthetic()) {
      members.add(
          field.isEnumConstant()
              ? field.getName()
              : modifiers(field, field.getModifiers())
                  + TypeText.of(field.getAnnotatedType())
                  + " "
                  + field.getName());
    }
  }

  private void add(Constructor<?> constructor) {
    if (isOffered(constructor.getModifiers()) && !constructor.isSynthetic() && !type.isEnum()) {
      members.add(
          modifiers(constructor, constructor.getModifiers()) + "new" + signature(constructor));
    }
  }

  private void add(Method method) {
    if (isOffered(method.getModifiers()) && !method.isSynthetic() && isWorthTelling(method)) {
      String variables = TypeText.parameters(method.getTypeParameters());
      members.add(
          modifiers(method, method.getModifiers())
              + (method.isDefault() ? "default " : "")
              + (variables.isEmpty() ? "" : variables + " ")
              + TypeText.of(method.getAnnotatedReturnType())
              + " "
              + method.getName()
              + signature(method));
    }
  }

  private boolean isWorthTelling(Method method) {
    return !OF_EVERY_OBJECT.contains(method.getName())
        && !(type.isEnum() && OF_EVERY_ENUM.contains(method.getName()));
  }

  private static String signature(Executable executable) {
    String parameters = TypeText.list(executable.getAnnotatedParameterTypes());
    AnnotatedType[] thrown = executable.getAnnotatedExceptionTypes();
    String arguments =
        executable.isVarArgs() && parameters.endsWith("[]")
            ? parameters.substring(0, parameters.length() - 2) + "..."
            : parameters;
    return "(" + arguments + ")" + (thrown.length == 0 ? "" : " throws " + TypeText.list(thrown));
  }

  private static boolean isOffered(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  /** Public is what all are, and members of an interface are abstract unless said otherwise. */
  private String modifiers(AnnotatedElement element, int modifiers) {
    int unsaid = Modifier.PUBLIC | Modifier.TRANSIENT | Modifier.VOLATILE | Modifier.NATIVE;
    unsaid |= Modifier.SYNCHRONIZED | Modifier.STRICT;
    unsaid |= type.isInterface() ? Modifier.ABSTRACT : 0;
    unsaid |= element == type && (type.isRecord() || type.isEnum()) ? Modifier.FINAL : 0;
    String text = Modifier.toString(modifiers & ~unsaid);
    return (element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "")
        + (text.isEmpty() ? "" : text + " ");
  }
}
