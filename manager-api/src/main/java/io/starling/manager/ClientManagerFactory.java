package io.starling.manager;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Creates a {@link ClientManager} from a URL. The scheme of the URL selects the broker, so that an
 * application changes its broker in one line of configuration.
 */
public final class ClientManagerFactory {
  private static final Map<String, String> MODULES =
      Map.of(
          "redis", "starling-manager-redis",
          "rediss", "starling-manager-redis",
          "redis-socket", "starling-manager-redis",
          "amqp", "starling-manager-amqp",
          "amqps", "starling-manager-amqp",
          "kafka", "starling-manager-kafka");

  private ClientManagerFactory() {}

  /**
   * Creates a manager that is not started and not connected.
   *
   * @param url {@code memory://} for a server of a single process, or the URL of a broker such as
   *     {@code redis://localhost:6379}
   * @throws IllegalArgumentException when no provider on the class path serves the scheme, or when
   *     the URL is wrong. The message names the jar to add, if one is known, and holds no
   *     credentials
   * @throws IllegalStateException when a library on the class path is too old, see {@link
   *     Libraries#check}
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
