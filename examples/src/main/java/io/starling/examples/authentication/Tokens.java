package io.starling.examples.authentication;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the user of a token. A real application asks a database or verifies a signature; the call
 * may block.
 */
final class Tokens {
  /** The user of a token. */
  record User(String name, boolean admin, Instant expires) {}

  private final Map<String, User> users =
      Map.of(
          "t-ann", new User("ann", true, Instant.MAX),
          "t-bob", new User("bob", false, Instant.MAX),
          "t-old", new User("old", false, Instant.EPOCH));

  Optional<User> find(String token) {
    return Optional.ofNullable(users.get(token));
  }
}
