package io.starling.emitter.cli;

import io.starling.emitter.cli.BatchFormat.Defaults;
import io.starling.emitter.cli.BatchFormat.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of {@code batch} that say what its lines mean. */
final class BatchMeaning {
  @ArgGroup private @Nullable Lines lines;

  @Option(
      names = "--template",
      paramLabel = "JSON",
      description =
          "With --csv, --text or --json: the event of each line, an object with event, args and so"
              + " on. In its texts $${name} stands for a column of CSV or a property of JSON,"
              + " $${line} for the whole line. The text \"$${name:json}\" becomes a value that is"
              + " not a text, such as a number.")
  private @Nullable String template;

  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      defaultValue = ",",
      description = "With --csv: what stands between cells, such as ; or tab. Default: a comma.")
  private String separator = ",";

  @Option(names = "--event", paramLabel = "NAME", description = "The event of lines without one.")
  private @Nullable String event;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "The room, or the client id, that lines without rooms go to. Repeatable.")
  private List<String> rooms = new ArrayList<>();

  @Option(
      names = "--except",
      paramLabel = "ROOM",
      description = "The room, or the client id, that is left out. Repeatable.")
  private List<String> except = new ArrayList<>();

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The namespace of lines without one. Default: ${DEFAULT-VALUE}.")
  private String namespace = "/";

  /** What a line holds, if not an event. */
  static final class Lines {
    @Option(names = "--csv", description = "Rows of CSV; the first row of a file is the header.")
    boolean csv;

    @Option(names = "--text", description = "Each line is a text.")
    boolean text;

    @Option(names = "--json", description = "Each line is one JSON value.")
    boolean json;
  }

  /** What is wrong with the options; null if nothing is. */
  @Nullable String fault() {
    if (kind() == Kind.EVENTS && template != null) {
      return "--template: given alone (expected: with --csv, --text or --json)";
    }
    if (kind() != Kind.EVENTS && template == null && event == null) {
      return "--event: none (expected: the name of the event, or a --template)";
    }
    return null;
  }

  /** What makes events of the lines. */
  BatchFormat format() {
    return new BatchFormat(
        kind(),
        new Defaults(event, rooms, except, BatchFormat.path(namespace)),
        template,
        (char) separator());
  }

  /** What stands between the cells of CSV; −1 if the input is no CSV. */
  int csvSeparator() {
    return kind() == Kind.CSV ? separator() : -1;
  }

  /** The options that change what lines mean, as they are kept in a checkpoint. */
  String text() {
    return "%s event=%s rooms=%s except=%s namespace=%s separator=%d template=%s"
        .formatted(
            kind(), event, rooms, except, BatchFormat.path(namespace), separator(), template);
  }

  private Kind kind() {
    if (lines == null) {
      return Kind.EVENTS;
    }
    return lines.csv ? Kind.CSV : lines.text ? Kind.TEXT : Kind.JSON;
  }

  private int separator() {
    String character = separator.equals("tab") || separator.equals("\\t") ? "\t" : separator;
    if (character.length() != 1 || character.charAt(0) > 127 || character.charAt(0) == '"') {
      throw new IllegalArgumentException(
          "--separator: " + separator + " (expected: one character, or tab)");
    }
    return character.charAt(0);
  }
}
