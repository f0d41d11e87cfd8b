package io.starling.manager;

import java.util.Set;

/**
 * Creates managers for URLs of certain schemes. {@link ClientManagerFactory} finds providers by
 * {@link java.util.ServiceLoader}, first with the context class loader of the calling thread, then
 * with the class loader of this interface.
 */
public interface ClientManagerProvider {
  /** Returns the URL schemes that this provider serves, in lower case. */
  Set<String> schemes();

  /**
   * Creates a manager that is not started and not connected.
   *
   * @throws IllegalArgumentException when the URL is wrong. The message lists every fault and holds
   *     no credentials
   */
  ClientManager create(String url);
}
