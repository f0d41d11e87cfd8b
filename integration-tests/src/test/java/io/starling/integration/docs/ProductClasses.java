package io.starling.integration.docs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The classes of the published modules, found by the names that documents use for them. */
final class ProductClasses {
  private static final Path ROOT = Path.of("..");
  private static final Set<String> NOT_PRODUCT =
      Set.of("benchmarks", "examples", "integration-tests", "socketio-client", "stress-tests");

  private final List<Source> sources = new ArrayList<>();

  /**
   * A source file.
   *
   * @param module the folder of its module
   * @param name the full name of its class
   */
  record Source(String module, String name) {
    String packageName() {
      return name.substring(0, name.lastIndexOf('.'));
    }
  }

  /** Looks at all source files. */
  ProductClasses() throws IOException {
    for (Path file : Sources.below(ROOT)) {
      Path path = ROOT.relativize(file);
      String module = path.getName(0).toString();
      if (path.startsWith(Path.of(module, "src", "main", "java"))
          && !NOT_PRODUCT.contains(module)) {
        String name = path.subpath(4, path.getNameCount()).toString().replace(".java", "");
        sources.add(new Source(module, name.replace('/', '.')));
      }
    }
  }

  /**
   * The source files of all classes that a name may mean.
   *
   * @param name {@code Rooms}, {@code pubsub.Membership} or {@code EngineIoSession.Events}
   */
  List<Source> find(String name) {
    String topLevel = topLevel(name);
    return sources.stream().filter(source -> source.name().endsWith("." + topLevel)).toList();
  }

  /** The name without the classes that are nested in its class. */
  private static String topLevel(String name) {
    List<String> parts = new ArrayList<>();
    for (String part : name.split("[.]", -1)) {
      parts.add(part);
      if (Character.isUpperCase(part.charAt(0))) {
        break;
      }
    }
    return String.join(".", parts);
  }

  /**
   * What is wrong with a reference to a class or to one of its methods; empty when nothing is.
   *
   * @param method null for the class alone
   */
  Optional<String> fault(String name, @Nullable String method) {
    String reference = method == null ? name : name + "." + method;
    List<Source> found = find(name);
    if (found.size() > 1) {
      String names = found.stream().map(Source::name).collect(joining(", "));
      return Optional.of(reference + ": several classes, " + names + " (expected: a package, too)");
    } else if (found.isEmpty()) {
      return Optional.of(reference + ": no such class");
    }
    String nested = name.substring(topLevel(name).length()).replace('.', '$');
    try {
      Class<?> type =
          Class.forName(found.get(0).name() + nested, false, getClass().getClassLoader());
      boolean there =
          method == null
              || Stream.of(type.getDeclaredMethods())
                  .anyMatch(declared -> declared.getName().equals(method));
      return there ? Optional.empty() : Optional.of(reference + ": no such method in " + type);
    } catch (ClassNotFoundException e) {
      return Optional.of(reference + ": no such class");
    }
  }
}
