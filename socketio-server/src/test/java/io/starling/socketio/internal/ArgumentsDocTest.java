package io.starling.socketio.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.socketio.Socket;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** The table of docs/arguments.md is what happens: every row has its case, and its wire text. */
class ArgumentsDocTest {
  private static final Pattern CELLS = Pattern.compile("\\| (.+?) \\| (.+?) \\| .+");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final byte[] BYTES = "hi".getBytes(UTF_8);
  private static final Map<String, @Nullable Object @Nullable []> CASES = cases();

  private final ServerFixture server = new ServerFixture();
  private final FakeClient client = server.connect();
  private final Socket socket = server.root().sockets().iterator().next();

  record Point(int x, int y) {}

  /** One row: what the user writes after the event, and the messages that go out. */
  record Row(String argument, List<String> wire) {
    @Override
    public String toString() {
      return argument;
    }
  }

  private static Map<String, @Nullable Object @Nullable []> cases() {
    Map<String, @Nullable Object @Nullable []> cases = new LinkedHashMap<>();
    plain(cases);
    binary(cases);
    numbers(cases);
    values(cases);
    return cases;
  }

  private static void plain(Map<String, @Nullable Object @Nullable []> cases) {
    cases.put("(nothing)", args());
    cases.put("null", null);
    cases.put("\"a\", 1, true", args("a", 1, true));
    cases.put("List.of(1, 2)", args(List.of(1, 2)));
    cases.put("List.of(1, 2).toArray()", List.of(1, 2).toArray());
    cases.put("List.of()", args(List.of()));
    cases.put("Set.of(1)", args(Set.of(1)));
    cases.put("new String[] {\"a\", \"b\"}", new String[] {"a", "b"});
    cases.put("(Object) new String[] {\"a\", \"b\"}", args((Object) new String[] {"a", "b"}));
    cases.put("new int[] {1, 2}", args(new int[] {1, 2}));
    cases.put("new char[] {'a', 'b'}", args(new char[] {'a', 'b'}));
    cases.put("Map.of(\"a\", 1)", args(Map.of("a", 1)));
    cases.put("new Point(1, 2)", args(new Point(1, 2)));
    cases.put(
        "json.objectNode().put(\"a\", 1)", args(JsonNodeFactory.instance.objectNode().put("a", 1)));
  }

  private static void binary(Map<String, @Nullable Object @Nullable []> cases) {
    cases.put("bytes", args(BYTES));
    cases.put("ByteBuffer.wrap(bytes)", args(ByteBuffer.wrap(BYTES)));
    cases.put("json.binaryNode(bytes)", args(JsonNodeFactory.instance.binaryNode(BYTES)));
    cases.put("Map.of(\"a\", List.of(bytes))", args(Map.of("a", List.of(BYTES))));
    cases.put("bytes, bytes", args(BYTES, BYTES));
    cases.put("bytes, Map.of(\"_placeholder\", true)", args(BYTES, Map.of("_placeholder", true)));
  }

  private static void numbers(Map<String, @Nullable Object @Nullable []> cases) {
    cases.put("0.5", args(0.5));
    cases.put("2.0", args(2.0));
    cases.put("1e21", args(1e21));
    cases.put("Double.NaN", args(Double.NaN));
    cases.put("Double.POSITIVE_INFINITY", args(Double.POSITIVE_INFINITY));
    cases.put("Long.MAX_VALUE", args(Long.MAX_VALUE));
    cases.put(
        "new BigInteger(\"12345678901234567890\")", args(new BigInteger("12345678901234567890")));
    cases.put("new BigDecimal(\"0.10\")", args(new BigDecimal("0.10")));
  }

  private static void values(Map<String, @Nullable Object @Nullable []> cases) {
    cases.put("Optional.of(\"a\")", args(Optional.of("a")));
    cases.put("Optional.empty()", args(Optional.empty()));
    cases.put("Instant.EPOCH", args(Instant.EPOCH));
    cases.put("LocalDate.EPOCH", args(LocalDate.EPOCH));
    cases.put("Duration.ofSeconds(90)", args(Duration.ofSeconds(90)));
    cases.put("DayOfWeek.MONDAY", args(DayOfWeek.MONDAY));
    cases.put("new UUID(0, 1)", args(new UUID(0, 1)));
    cases.put("'a'", args('a'));
    cases.put("\"\\ud800\"", args("\ud800"));
    cases.put("new Object()", args(new Object()));
  }

  private static @Nullable Object[] args(@Nullable Object... arguments) {
    return arguments;
  }

  static Stream<Row> rows() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "arguments.md")).stream()
        .filter(line -> line.startsWith("| `") || line.startsWith("| (nothing)"))
        .map(ArgumentsDocTest::row);
  }

  private static Row row(String line) {
    Matcher cells = CELLS.matcher(line);
    assertThat(cells.matches()).as(line).isTrue();
    List<String> wire =
        CODE.matcher(cells.group(2)).results().map((MatchResult code) -> code.group(1)).toList();
    return new Row(cells.group(1).replace("`", ""), wire);
  }

  @Test
  void everyCaseIsInTheTable() throws IOException {
    assertThat(rows().map(Row::argument)).containsExactlyInAnyOrderElementsOf(CASES.keySet());
  }

  @ParameterizedTest
  @MethodSource("rows")
  @SuppressWarnings("NullAway") // a null alone is no array for the compiler
  void wireTextIsThatOfTheTable(Row row) {
    Object[] arguments = CASES.get(row.argument());
    if (row.wire().isEmpty()) {
      assertThatIllegalArgumentException().isThrownBy(() -> socket.emit("e", arguments));
      return;
    }
    socket.emit("e", arguments);
    server.root().emit("e", arguments);
    server.run();

    assertThat(client.took())
        .containsExactlyElementsOf(
            Stream.of(row.wire(), row.wire()).flatMap(List::stream).toList());
  }
}
