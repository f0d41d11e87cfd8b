package io.starling.integration.docs;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code docs/migration.md} names tests that exist, or says why there is none. */
final class MigrationTest {
  private final NamedTests page = NamedTests.of("docs/migration.md");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    page.assertThatAllExist(100);
  }

  @Test
  void everyRowHasATestOrSaysWhyNot() {
    page.assertThatEveryRowHasATestOrAReason(100);
  }
}
