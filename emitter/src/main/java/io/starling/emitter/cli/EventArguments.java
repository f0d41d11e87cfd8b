package io.starling.emitter.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The arguments of an event on the command line, in their order: JSON values, texts after {@code
 * --text}, and files whose bytes are binary values.
 */
final class EventArguments {
  /** More than a message of the bus can hold. Whoever sends it refuses more than that. */
  private static final int MAX_BYTES = 2 << 20;

  private final List<Given> given = new ArrayList<>();
  private int texts;
  private int others;

  /** One argument as it stands on the command line. */
  private record Given(String word, boolean text) {}

  /** Takes the texts so far. picocli calls this after each text, with all of them. */
  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "An argument that is a string, without the quotes of JSON. Repeatable.")
  void texts(@Nullable List<String> all) {
    texts = add(all, texts, true);
  }

  /** Takes the other arguments so far. picocli calls this with all of them, as above. */
  void others(@Nullable List<String> all) {
    others = add(all, others, false);
  }

  private int add(@Nullable List<String> all, int before, boolean text) {
    if (all == null) {
      return 0;
    }
    all.stream().skip(before).forEach(word -> given.add(new Given(word, text)));
    return all.size();
  }

  /**
   * The values to emit. Reads files, and the standard input for {@code @-}. Blocks.
   *
   * @throws IllegalArgumentException when an argument is not JSON or cannot be read; the message
   *     names the argument by its position, from 1
   */
  Object[] values(InputStream in) {
    Object[] values = new Object[given.size()];
    boolean readInput = false;
    for (int i = 0; i < values.length; i++) {
      String what = "argument " + (i + 1) + ": ";
      String word = given.get(i).word();
      if (given.get(i).text()) {
        values[i] = word;
      } else if (word.equals("@-") && readInput) {
        throw new IllegalArgumentException(what + "@- again (expected: @- once)");
      } else if (word.equals("@-")) {
        readInput = true;
        values[i] = bytes(what + "standard input", in);
      } else if (word.startsWith("@")) {
        values[i] = file(what, word.substring(1));
      } else {
        values[i] = JsonText.read(what, word, "; for a string put --text before it");
      }
    }
    return values;
  }

  private static byte[] file(String what, String name) {
    Path file = Path.of(name);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new IllegalArgumentException(what + "@" + name + " (expected: a file to read)");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return bytes(what + "@" + name, in);
    } catch (IOException e) {
      throw new IllegalArgumentException(what + "@" + name + " (expected: a file to read)", e);
    }
  }

  private static byte[] bytes(String what, InputStream in) {
    byte[] bytes;
    try {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage() + " (expected: bytes)", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          what + ": more than " + MAX_BYTES + " bytes (expected: less than 1,040,000)");
    }
    return bytes;
  }
}
