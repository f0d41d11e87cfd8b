package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationConverterTest {
  private final DurationConverter converter = new DurationConverter();

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "1500ms, PT1.5S", "90s, PT90S", "5m, PT5M", "2h, PT2H"})
  void aNumberAndAUnitAreADurationAndItsText(String text, Duration duration) {
    assertThat(converter.convert(text)).isEqualTo(duration);
    assertThat(DurationConverter.text(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "0s", "1.5s", "1 s", "1d", "9999999999s"})
  void anythingElseIsRefused(String text) {
    assertThatExceptionOfType(TypeConversionException.class)
        .isThrownBy(() -> converter.convert(text))
        .withMessage(text + " (expected: a number above 0 and ms, s, m or h, such as 10s)");
  }
}
