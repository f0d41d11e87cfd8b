package io.starling.manager.pubsub;

import io.starling.manager.Services;
import java.util.Set;
import java.util.TreeSet;

/** Finds the back end for a URL. */
final class PubSubBackends {
  private PubSubBackends() {}

  /** A back end, not started, and the bus settings of the same URL. */
  record Chosen(PubSubBackend backend, PubSubSettings settings, BackendUrl url) {}

  static Chosen create(String url, String name) {
    String scheme = BackendUrl.schemeOf(url);
    Set<String> known = new TreeSet<>();
    for (PubSubBackendProvider provider : Services.find(PubSubBackendProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        BackendUrl parsed = BackendUrl.parse(url);
        PubSubSettings settings = PubSubSettings.of(parsed, provider);
        BackendUrl rest = parsed.without(PubSubSettings.PARAMETERS);
        return new Chosen(provider.create(rest, name), settings, parsed);
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(
        "manager: " + scheme + ":// (expected: one of " + String.join(", ", known) + ")");
  }
}
