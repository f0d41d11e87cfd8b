package io.starling.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds providers: first with the thread's context class loader, then with our own. */
public final class Services {
  private Services() {}

  /** All providers of this type, each class once. */
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
