package io.starling.manager.pubsub;

import io.starling.manager.Services;
import java.util.Set;
import java.util.TreeSet;

/** Finds the provider for a broker URL and makes the back end and the settings. */
final class BackendLookup {
  private BackendLookup() {}

  /** A back end that is not started, and the settings of the bus protocol in the same URL. */
  record Chosen(PubSubBackend backend, PubSubSettings settings) {}

  /**
   * Makes the back end of a URL.
   *
   * @param name goes into the names of threads and connections
   * @throws IllegalArgumentException when no provider serves the scheme, or the URL is not valid
   */
  static Chosen create(String url, String name) {
    String scheme = BackendUrl.schemeOf(url);
    Set<String> known = new TreeSet<>();
    for (PubSubBackendProvider provider : Services.find(PubSubBackendProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        BackendUrl parsed = BackendUrl.parse(url);
        PubSubSettings settings = PubSubSettings.of(parsed, provider);
        BackendUrl rest = parsed.without(PubSubSettings.PARAMETERS);
        return new Chosen(provider.create(rest, name), settings);
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(
        "manager: " + scheme + ":// (expected: one of " + String.join(", ", known) + ")");
  }
}
