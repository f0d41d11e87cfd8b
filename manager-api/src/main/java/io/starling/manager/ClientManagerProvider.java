package io.starling.manager;

import java.util.Set;

/**
 * Makes managers for URL schemes. Found by {@link java.util.ServiceLoader}: first with the thread's
 * context class loader, then with the one that loaded this interface.
 */
public interface ClientManagerProvider {
  /** The URL schemes that this provider serves, in lower case. */
  Set<String> schemes();

  /**
   * Makes a manager that is not started; nothing is connected yet.
   *
   * @throws IllegalArgumentException when the URL is wrong; the message lists every fault and holds
   *     no credentials
   */
  ClientManager create(String url);
}
