package io.starling.manager.pubsub;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes back ends for the URL schemes of one kind of broker. Broker modules implement this
 * interface and register it with {@link java.util.ServiceLoader}, as described at {@link
 * io.starling.manager.ClientManagerProvider}.
 */
public interface PubSubBackendProvider {
  /** The URL schemes that this provider serves, in lower case. */
  Set<String> schemes();

  /**
   * The names of the query parameters that {@link #create} understands, without those of the bus
   * protocol itself. A name that ends with {@code *} stands for every name with that beginning.
   */
  Set<String> parameters();

  /**
   * Returns the channel prefix when the URL names it in another place than the query parameter
   * {@code prefix}, such as the path; null when it does not.
   */
  default @Nullable String prefix(BackendUrl url) {
    return null;
  }

  /**
   * Makes a back end that is not started. Nothing is connected yet.
   *
   * @param url a URL with one of {@link #schemes()}; the parameters of the bus protocol have been
   *     removed
   * @param name becomes part of the names of threads and connections, such as {@code manager} or
   *     {@code emitter}
   * @throws IllegalArgumentException when the URL is not valid; the message holds no credentials
   */
  PubSubBackend create(BackendUrl url, String name);
}
