package io.starling.integration.wire;

import io.starling.integration.docs.NamedTests;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code docs/wire-rules.md} names tests that exist, one at least for every rule. */
final class WireRulesTest {
  private final NamedTests page = NamedTests.of("docs/wire-rules.md");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    page.assertThatAllExist(100);
  }

  @Test
  void everyRuleHasATestOrANoteThatSaysWhyNot() {
    page.assertThatEveryRowHasATestOrAReason(100);
  }
}
