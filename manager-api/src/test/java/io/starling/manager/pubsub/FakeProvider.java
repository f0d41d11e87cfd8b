package io.starling.manager.pubsub;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves {@code x://} and takes the path for the prefix. */
final class FakeProvider implements PubSubBackendProvider {
  static PubSubSettings settings(String url) {
    return PubSubSettings.of(BackendUrl.parse(url), new FakeProvider());
  }

  @Override
  public Set<String> schemes() {
    return Set.of("x");
  }

  @Override
  public Set<String> parameters() {
    return Set.of("db", "client.*");
  }

  @Override
  public @Nullable String prefix(BackendUrl url) {
    return url.path();
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    throw new AssertionError("not asked for");
  }
}
