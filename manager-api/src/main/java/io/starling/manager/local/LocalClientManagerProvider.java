package io.starling.manager.local;

import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerProvider;
import java.util.Set;

/** Creates the manager for the URL {@code memory://}, which takes no host and no options. */
public final class LocalClientManagerProvider implements ClientManagerProvider {
  @Override
  public Set<String> schemes() {
    return Set.of("memory");
  }

  @Override
  public ClientManager create(String url) {
    if (!url.substring(url.indexOf("://") + 3).isEmpty()) {
      throw new IllegalArgumentException("manager: " + url + " (expected: memory://)");
    }
    return new LocalClientManager();
  }
}
