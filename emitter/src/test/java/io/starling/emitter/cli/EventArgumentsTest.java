package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EventArgumentsTest {
  private static Object[] values(InputStream in, String... words) {
    EmitCommand command = new EmitCommand(new RootCommand(Map.of()));
    CommandLine parser = new CommandLine(command).setExpandAtFiles(false);
    parser.parseArgs(words);
    return command.values(in);
  }

  private static Object[] values(String... words) {
    return values(InputStream.nullInputStream(), words);
  }

  @Test
  void jsonAndTextsKeepTheirOrder() {
    assertThat(values("event", "1", "--text", "two", "[3]", "--text", "4", "null", "-5", "1.50"))
        .extracting(Object::toString)
        .containsExactly("1", "two", "[3]", "4", "null", "-5", "1.50");
  }

  @Test
  void aTextIsTakenAsItIs() {
    assertThat(values("event", "--text", "@no \"file\"", "--text", ""))
        .containsExactly("@no \"file\"", "");
  }

  @Test
  void filesAndTheStandardInputAreBytes(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a b"), new byte[] {1, (byte) 0xff});
    InputStream in = new ByteArrayInputStream("in".getBytes(StandardCharsets.UTF_8));

    assertThat(values(in, "event", "@" + file, "0", "@-"))
        .satisfies(
            values -> {
              assertThat((byte[]) values[0]).containsExactly(1, 0xff);
              assertThat((byte[]) values[2]).containsExactly('i', 'n');
            });
  }

  @Test
  void theStandardInputIsReadOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> values("event", "@-", "@-"))
        .withMessage("argument 2: @- again (expected: @- once)");
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> values("event", "1", "@/does/not/exist"))
        .withMessage("argument 2: @/does/not/exist (expected: a file to read)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> values("event", "@" + folder))
        .withMessageContaining("(expected: a file to read)");
  }

  @Test
  void moreBytesThanAMessageHoldsAreRefused() {
    InputStream endless = new ByteArrayInputStream(new byte[3 << 20]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> values(endless, "event", "@-"))
        .withMessageStartingWith("argument 1: standard input: more than ");
  }

  @Test
  void aWordThatIsNoJsonIsCutAndTextIsOffered() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> values("event", "x".repeat(100)))
        .withMessageStartingWith("argument 1: " + "x".repeat(60) + "… (expected: JSON; character ")
        .withMessageEndingWith("; for a string put --text before it)");
  }
}
