package io.starling.manager.pubsub;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes back ends for URL schemes. Found like {@link io.starling.manager.ClientManagerProvider}.
 */
public interface PubSubBackendProvider {
  /** The URL schemes that this provider serves, in lower case. */
  Set<String> schemes();

  /**
   * The names of the query parameters that {@link #create} understands, beside those of the bus
   * protocol itself. A name that ends with {@code *} stands for all that begin so.
   */
  Set<String> parameters();

  /**
   * The prefix of all channels as the URL says it elsewhere than in its parameter {@code prefix};
   * null when it does not.
   */
  default @Nullable String prefix(BackendUrl url) {
    return null;
  }

  /**
   * Makes a back end that is not started; nothing is connected yet.
   *
   * @param url of one of the schemes; only known parameters are left in it
   * @param name a prefix for the names of its threads and connections
   * @throws IllegalArgumentException when the URL is wrong; the message holds no credentials
   */
  PubSubBackend create(BackendUrl url, String name);
}
