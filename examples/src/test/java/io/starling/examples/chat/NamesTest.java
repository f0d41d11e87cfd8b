package io.starling.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"lobby", "Engine room 7", "Zürich", "東京", "हिन्दी", "o'hara_1.0-b"})
  void acceptsWhatPeopleCallThings(String name) {
    assertThat(Names.ROOM.check(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", " lobby", "<b>", "a\nb", "room:lobby", "1234567890123456789012345678901"})
  void refusesWhatCouldMisleadOrBreak(@Nullable String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Names.ROOM.check(name))
        .withMessageStartingWith("room: ")
        .withMessageContaining("expected: 1 to 30");
  }

  @Test
  void showsOnlyTheBeginningOfANameThatIsTooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Names.PERSON.check("x".repeat(100_000)))
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(200));
  }
}
