package io.starling.emitter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.starling.emitter.cli.BatchFormat.Defaults;
import io.starling.emitter.cli.BatchFormat.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchFormatTest {
  private static final Defaults NONE = new Defaults(null, List.of(), List.of(), "/");
  private static final Defaults SOME =
      new Defaults("price", List.of("news"), List.of("muted"), "/shop");

  private static BatchFormat format(Kind kind, Defaults defaults, @Nullable String template) {
    return new BatchFormat(kind, defaults, template, ',');
  }

  private static BatchFormat csv(String header, @Nullable String template) {
    BatchFormat format = format(Kind.CSV, SOME, template);
    assertThat(format.skips(line(header, true))).isTrue();
    return format;
  }

  private static BatchInput.Line line(String text, boolean first) {
    return new BatchInput.Line("line 1", text, first, null);
  }

  @Test
  void theFirstRowThatIsNotEmptyIsTheHeaderOfItsFile() {
    BatchFormat format = format(Kind.CSV, SOME, null);

    assertThat(format.skips(line("", true))).isTrue();
    assertThat(format.skips(line("name", false))).isTrue();
    assertThat(format.skips(line("", false))).isTrue();
    assertThat(format.skips(line("pear", false))).isFalse();
    assertThat(format.event("pear").arguments()).hasToString("[{\"name\":\"pear\"}]");
  }

  @Test
  void aRowOfEmptyCellsIsARow() {
    BatchFormat format = new BatchFormat(Kind.CSV, SOME, null, '\t');

    assertThat(format.skips(line("a\tb", true))).isTrue();
    assertThat(format.skips(line("\t", false))).isFalse();
    assertThat(format.event("\t").arguments()).hasToString("[{\"a\":\"\",\"b\":\"\"}]");
    assertThat(csv("a", null).skips(line(" ", false))).isFalse();
    assertThat(csv("a", null).event(" ").arguments()).hasToString("[{\"a\":\" \"}]");
  }

  @Test
  void aHeaderThatCannotBeReadIsRefusedWithItsFault() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                format(Kind.CSV, SOME, null)
                    .skips(new BatchInput.Line("line 1", "", true, "bytes that are not UTF-8")))
        .withMessage("line 1: bytes that are not UTF-8");
  }

  private static String shown(BatchFormat.Event event) {
    return event.name()
        + event.arguments()
        + " to "
        + event.rooms()
        + " except "
        + event.except()
        + " of "
        + event.namespace();
  }

  @Test
  void aLineSaysEverything() {
    String line =
        "{\"event\":\"a\",\"args\":[1.50,null,{\"b\":2}],\"rooms\":[\"r\"],\"except\":[\"x\"],\"namespace\":\"/n\"}";

    assertThat(shown(format(Kind.EVENTS, SOME, null).event(line)))
        .isEqualTo("a[1.50, null, {\"b\":2}] to [r] except [x] of /n");
  }

  @Test
  void optionsHoldForWhatALineLeavesOut() {
    assertThat(shown(format(Kind.EVENTS, SOME, null).event("{}")))
        .isEqualTo("price[] to [news] except [muted] of /shop");
  }

  @Test
  void aLineWithoutRoomsIsForEverybody() {
    assertThat(format(Kind.EVENTS, NONE, null).event("{\"event\":\"a\"}").rooms()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|event: none (expected: a name, here or by --event)",
        "{\"evnt\":1}|evnt: unknown (expected: event, args, rooms, except or namespace)",
        "[1]|[1] (expected: an object such as {\"event\":\"price\"})",
        "{\"event\":1}|event: 1 (expected: a text)",
        "{\"event\":\"a\",\"args\":1}|args: 1 (expected: an array)",
        "{\"event\":\"a\",\"rooms\":\"r\"}|rooms: \"r\" (expected: an array of texts)",
        "{\"event\":\"a\",\"rooms\":[1]}|rooms: 1 (expected: a text)",
        "{\"event\":\"a\",\"rooms\":[]}|rooms: [] (expected: a room; a line without rooms is for the whole namespace)",
      })
  void aLineThatIsNoEventIsRefusedWithItsReason(String line, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> format(Kind.EVENTS, NONE, null).event(line))
        .withMessage(reason);
  }

  @Test
  void theReasonShowsTheBeginningOfALineAndNothingThatATerminalObeys() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> format(Kind.EVENTS, NONE, null).event("\u001b[2J" + "x".repeat(100)))
        .withMessageStartingWith("?[2J" + "x".repeat(56) + "… (expected: JSON;");
  }

  @Test
  void aRowIsAnObjectWithTheNamesOfTheHeader() {
    assertThat(csv("name,eur", null).event("\"pear, big\",1.20").arguments())
        .hasToString("[{\"name\":\"pear, big\",\"eur\":\"1.20\"}]");
  }

  @Test
  void aNamespaceWithoutItsSlashIsTheSameNamespace() {
    assertThat(
            format(Kind.EVENTS, NONE, null)
                .event("{\"event\":\"a\",\"namespace\":\"chat\"}")
                .namespace())
        .isEqualTo("/chat");
  }

  @Test
  void theReasonOfAWrongTokenHoldsNothingThatATerminalObeys() {
    assertThat(refusal(format(Kind.JSON, SOME, null), "[abc\u009bx]")).doesNotContain("\u009b");
  }

  private static String refusal(BatchFormat format, String line) {
    return requireNonNull(catchThrowable(() -> format.event(line)).getMessage());
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> csv("name,eur", null).event("pear"))
        .withMessage("1 cells (expected: 2, as in the header)");
  }

  @Test
  void aTemplateMakesTheEventOfARow() {
    String template =
        "{\"event\":\"price\",\"rooms\":[\"shop-${shop}\"],\"args\":[\"${name}\",\"${eur:json}\"]}";

    assertThat(shown(csv("name,eur,shop", template).event("pear,1.20,7")))
        .isEqualTo("price[\"pear\", 1.20] to [shop-7] except [muted] of /shop");
  }

  @Test
  void aTemplateThatNamesAnUnknownColumnIsRefusedWithTheHeader() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> csv("name,eur", "{\"args\":[\"${nam}\"]}"))
        .withMessage("line 1: template: ${nam} (expected: one of name, eur)");
  }

  @Test
  void aTemplateThatIsNoEventIsRefusedBeforeAnyLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> format(Kind.CSV, SOME, "{\"city\":\"${city}\"}"))
        .withMessage(
            "--template: city: unknown (expected: event, args, rooms, except or namespace)");
  }

  @Test
  void aTemplateThatIsNoJsonIsRefusedAndToldWherePlaceholdersStand() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> format(Kind.CSV, SOME, "{\"args\":[${eur}]}"))
        .withMessageStartingWith("--template: {\"args\":[${eur}]} (expected: JSON; character 10: ")
        .withMessageEndingWith("; a placeholder stands in a text, such as \"${name:json}\")");
  }

  @Test
  void aTemplateWithAPlaceholderAsANameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> csv("name", "{\"args\":[{\"${name}\":1}]}"))
        .withMessage("--template: ${name}: a placeholder as a name (expected: only in values)");
  }

  @Test
  void aColumnWhoseNameIsEscapedInJsonIsFound() {
    assertThat(csv("\"a\"\"b\"", "{\"args\":[\"${a\\\"b}\"]}").event("1").arguments())
        .hasToString("[\"1\"]");
  }

  @Test
  void twoColumnsOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> csv("a,a", null))
        .withMessage("line 1: [a, a] (expected: each column has a name of its own)");
  }

  @Test
  void aTextIsTheOnlyArgument() {
    assertThat(format(Kind.TEXT, SOME, null).event("a \"b\"").arguments())
        .hasToString("[\"a \\\"b\\\"\"]");
  }

  @Test
  void aJsonValueIsTheOnlyArgumentAndATemplateTakesItsProperties() {
    assertThat(format(Kind.JSON, SOME, null).event("[1, 2]").arguments()).hasToString("[[1,2]]");
    assertThat(
            format(Kind.JSON, SOME, "{\"args\":[\"${id:json}\",\"no ${id}\",\"${line:json}\"]}")
                .event("{\"id\":7}")
                .arguments())
        .hasToString("[7, \"no 7\", {\"id\":7}]");
  }
}
