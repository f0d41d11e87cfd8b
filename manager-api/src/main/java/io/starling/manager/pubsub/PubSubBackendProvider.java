package io.starling.manager.pubsub;

import java.util.Set;

/**
 * Makes back ends for URL schemes. Found like {@link io.starling.manager.ClientManagerProvider}.
 */
public interface PubSubBackendProvider {
  /** The URL schemes that this provider serves, in lower case. */
  Set<String> schemes();

  /**
   * The names of the query parameters that {@link #create} understands, beside those of the bus
   * protocol itself.
   */
  Set<String> parameters();

  /**
   * Makes a back end that is not started; nothing is connected yet.
   *
   * @param url of one of the schemes; only known parameters are left in it
   * @param name a prefix for the names of its threads and connections
   * @throws IllegalArgumentException when the URL is wrong; the message holds no credentials
   */
  PubSubBackend create(BackendUrl url, String name);
}
