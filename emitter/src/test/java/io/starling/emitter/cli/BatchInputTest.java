package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchInputTest {
  private static final List<String> PIPE = List.of("-");

  @TempDir private Path folder = Path.of("");

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream packed(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return new ByteArrayInputStream(packed.toByteArray());
  }

  /** Each line as {@code where text} or {@code where ! fault}. */
  private static List<String> lines(BatchInput input) {
    List<String> lines = new ArrayList<>();
    try {
      for (BatchInput.Line line = input.next(); line != null; line = input.next()) {
        String what = line.fault() == null ? line.text() : "! " + line.fault();
        lines.add(line.where() + " " + what);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static List<String> lines(InputStream input) {
    return lines(new BatchInput(PIPE, input, -1));
  }

  private static List<String> rows(String text) {
    return lines(new BatchInput(PIPE, bytes(text), ','));
  }

  @Test
  void linesEndWithAnyLineEndAndTheLastNeedsNone() {
    assertThat(lines(bytes("a\nb\r\n\nc")))
        .containsExactly("line 1 a", "line 2 b", "line 3 ", "line 4 c");
  }

  @Test
  void gzipIsRecognisedAlsoWhenAFileHasSeveralMembers() throws IOException {
    assertThat(lines(new SequenceInputStream(packed("a\nb\n"), packed("c\n"))))
        .containsExactly("line 1 a", "line 2 b", "line 3 c");
  }

  @Test
  void bytesThatBeginNoGzipMemberAreNotTakenForTheEnd() throws IOException {
    for (String after : List.of("x", "no member at all, and longer than a header")) {
      InputStream input =
          new SequenceInputStream(
              packed("a\n"), new SequenceInputStream(packed("b\n"), bytes(after)));
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> lines(input))
          .withMessageContaining("(expected: another gzip member or the end)");
    }
  }

  @Test
  void bytesThatAreNoUtf8SpoilTheirLineOnly() {
    InputStream input =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[] {'a', '\n', (byte) 0xe9, '\n'}),
            bytes("é\ufffd\n"));

    assertThat(lines(input))
        .containsExactly(
            "line 1 a",
            "line 2 ! bytes that are not UTF-8 (expected: text in UTF-8)",
            "line 3 é\ufffd");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() {
    assertThat(lines(bytes("\ufeffa\n\ufeffb\n"))).containsExactly("line 1 a", "line 2 \ufeffb");
  }

  @Test
  void aLineThatIsTooLongIsReportedAndTheNextOneIsRead() {
    String longest = "x".repeat(BatchInput.MAX_LINE_BYTES);

    assertThat(lines(bytes(longest + "\n" + longest + "x\nb\n")))
        .containsExactly(
            "line 1 " + longest, "line 2 ! more than 1150000 bytes (expected: fewer)", "line 3 b");
  }

  @Test
  void aQuotedCellMayHoldLineEnds() {
    assertThat(rows("a,b\n\"1\n2\",\"say \"\"x\"\"\n\"\n3,4\" pipe\n5,6\n"))
        .containsExactly(
            "line 1 a,b",
            "lines 2 to 4 \"1\n2\",\"say \"\"x\"\"\n\"",
            "line 5 3,4\" pipe",
            "line 6 5,6");
  }

  @Test
  void aQuoteThatIsNeverClosedSpoilsAsMuchAsALineMayHave() {
    String row = "x".repeat(1 << 18) + "\n";

    assertThat(rows("\"" + row.repeat(5) + "a\nb\n"))
        .containsExactly(
            "lines 1 to 5 ! more than 1150000 bytes (expected: fewer)", "line 6 a", "line 7 b");
  }

  @Test
  void severalFilesAreOneInputAndEachLineNamesItsFile() throws IOException {
    Path one = Files.writeString(folder.resolve("one"), "a\nb");
    Path two = Files.writeString(folder.resolve("two"), "c\n");
    BatchInput input = new BatchInput(List.of(one.toString(), two.toString()), bytes(""), -1);

    assertThat(lines(input))
        .containsExactly(one + " line 1 a", one + " line 2 b", two + " line 1 c");
    assertThat(input.position().line()).isEqualTo(3);
  }

  @Test
  void thePositionTellsWhetherTwoInputsBeginAlike() throws IOException {
    BatchInput one = new BatchInput(PIPE, bytes("a\nb\nc\n"), -1);
    BatchInput same = new BatchInput(PIPE, packed("a\nb\nd\n"), -1);
    for (int i = 0; i < 2; i++) {
      one.next();
      same.next();
    }
    assertThat(one.position()).isEqualTo(same.position());

    one.next();
    same.next();
    assertThat(one.position()).isNotEqualTo(same.position());
    assertThat(one.position().bytes()).isEqualTo(same.position().bytes());
  }
}
