package io.starling.manager.pubsub;

import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerProvider;
import io.starling.manager.Services;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a clustered manager from the URL of any broker for which a {@link PubSubBackendProvider} is
 * on the class path.
 */
public final class PubSubClientManagerProvider implements ClientManagerProvider {
  @Override
  public Set<String> schemes() {
    Set<String> schemes = new TreeSet<>();
    for (PubSubBackendProvider provider : Services.find(PubSubBackendProvider.class)) {
      schemes.addAll(provider.schemes());
    }
    return schemes;
  }

  @Override
  public ClientManager create(String url) {
    BackendLookup.Chosen chosen = BackendLookup.create(url, "manager");
    return new ClusterClientManager(chosen.backend(), chosen.settings());
  }
}
