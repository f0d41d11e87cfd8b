package io.starling.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionIdsTest {
  @Test
  void idsOfManyThreadsDiffer() {
    Set<String> ids =
        IntStream.range(0, 10_000)
            .parallel()
            .mapToObj(i -> SessionIds.next())
            .collect(Collectors.toSet());

    assertThat(ids).hasSize(10_000).allMatch(id -> id.matches("[A-Za-z0-9_-]{20}"));
  }
}
