package io.starling.manager;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a manager from a URL: the one line of configuration that swaps one back end for another. It
 * is not connected yet.
 */
public final class ClientManagers {
  private static final Map<String, String> MODULES =
      Map.of(
          "redis", "starling-manager-redis",
          "rediss", "starling-manager-redis",
          "redis-socket", "starling-manager-redis",
          "amqp", "starling-manager-amqp",
          "amqps", "starling-manager-amqp",
          "kafka", "starling-manager-kafka");

  private ClientManagers() {}

  /**
   * Makes a manager that is not started; nothing is connected yet.
   *
   * @param url {@code memory://} for this process alone, or a back end's URL such as {@code
   *     redis://localhost:6379}
   * @throws IllegalArgumentException when no provider knows the scheme (the message says which jar
   *     to add), or when the URL is wrong; the message holds no credentials
   * @throws IllegalStateException when a library is too old, see {@link Libraries#check}
   */
  public static ClientManager create(String url) {
    Libraries.check();
    int colon = url.indexOf("://");
    if (colon < 1) {
      throw new IllegalArgumentException("manager: no scheme (expected: a URL such as redis://…)");
    }
    String scheme = url.substring(0, colon).toLowerCase(Locale.ROOT);
    Set<String> known = new TreeSet<>();
    for (ClientManagerProvider provider : Services.find(ClientManagerProvider.class)) {
      Set<String> schemes = provider.schemes();
      if (schemes.contains(scheme)) {
        return provider.create(url);
      }
      known.addAll(schemes);
    }
    String module = MODULES.get(scheme);
    String expected =
        module == null
            ? "one of " + String.join(", ", known)
            : "the jar " + module + " on the class path";
    throw new IllegalArgumentException("manager: " + scheme + ":// (expected: " + expected + ")");
  }
}
