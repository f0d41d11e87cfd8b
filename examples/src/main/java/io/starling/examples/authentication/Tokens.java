package io.starling.examples.authentication;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Who a token stands for. A real one asks a database or verifies a signature; it may block. */
final class Tokens {
  /** The one behind a token. */
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
