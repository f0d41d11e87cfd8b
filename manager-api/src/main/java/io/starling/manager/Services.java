package io.starling.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Finds providers by {@link ServiceLoader}, first with the context class loader of the calling
 * thread, then with the class loader of this class.
 */
public final class Services {
  private Services() {}

  /** Returns an instance of each provider class of this type. */
  public static <T> List<T> find(Class<T> type) {
    List<T> found = new ArrayList<>();
    add(found, ServiceLoader.load(type));
    add(found, ServiceLoader.load(type, Services.class.getClassLoader()));
    return found;
  }

  private static <T> void add(List<T> found, ServiceLoader<T> loader) {
    for (T provider : loader) {
      if (found.stream().noneMatch(known -> known.getClass() == provider.getClass())) {
        found.add(provider);
      }
    }
  }
}
