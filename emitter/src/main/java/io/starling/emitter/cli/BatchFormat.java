package io.starling.emitter.cli;

import io.starling.manager.Operation.Emit;
import io.starling.manager.Recipients;
import io.starling.protocol.payload.WireName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Turns the lines of a batch into events. Keeps the header of the CSV file that is read, and
 * nothing else. Not safe for threads.
 */
final class BatchFormat {
  private static final Set<String> FIELDS = Set.of("event", "args", "rooms", "except", "namespace");

  private final Kind kind;
  private final Defaults defaults;
  private final @Nullable BatchTemplate template;
  private final ObjectReader rows;
  private final BatchEvents events;
  private List<String> header = List.of();

  /** Whether no header of the present file was found yet. */
  private boolean awaitsHeader;

  /** What a line holds. */
  enum Kind {
    /** An object with event, args, rooms, except and namespace. */
    EVENTS,
    /** A row of cells below a header. */
    CSV,
    /** Text. */
    TEXT,
    /** One JSON value. */
    JSON
  }

  /** What holds for a line that does not say otherwise. No room means the whole namespace. */
  record Defaults(
      @Nullable String event, List<String> rooms, List<String> except, String namespace) {}

  /**
   * One event to send.
   *
   * @param rooms null for the whole namespace
   */
  record Event(
      String name,
      List<JsonNode> arguments,
      @Nullable List<String> rooms,
      List<String> except,
      String namespace) {}

  /**
   * Makes the format of one run.
   *
   * @param template makes the events out of lines that are no events; without it the line is the
   *     only argument
   * @param separator stands between the cells of CSV
   */
  BatchFormat(Kind kind, Defaults defaults, @Nullable String template, char separator) {
    this.kind = kind;
    this.defaults = defaults;
    WireName.require("namespace", defaults.namespace());
    Recipients usual =
        defaults.rooms().isEmpty() ? Recipients.ALL : Recipients.rooms(defaults.rooms());
    this.events = new BatchEvents(usual.except(defaults.except()));
    this.template = template == null ? null : template(template);
    this.rows =
        new CsvMapper()
            .readerFor(String[].class)
            .with(CsvSchema.emptySchema().withColumnSeparator(separator));
  }

  private static BatchTemplate template(String text) {
    JsonNode object =
        JsonText.read(
            "--template: ", text, "; a placeholder stands in a text, such as \"${name:json}\"");
    BatchTemplate template = new BatchTemplate(object);
    checkFields("--template: ", object);
    return template;
  }

  /**
   * Returns whether a line is empty or the header of its file, and takes the header. The header is
   * the first line of a CSV file that is not empty.
   *
   * @return false if the line is to be sent
   * @throws IllegalArgumentException when the header cannot be used, and so no line below it
   */
  boolean skips(BatchInput.Line line) {
    awaitsHeader = kind == Kind.CSV && (awaitsHeader || line.first());
    if (line.fault() == null && isEmpty(line.text())) {
      return true;
    }
    boolean isHeader = awaitsHeader;
    if (isHeader) {
      takeHeader(line);
      awaitsHeader = false;
    }
    return isHeader;
  }

  /** In CSV, spaces and tabs are cells. */
  private boolean isEmpty(String text) {
    return kind == Kind.CSV ? text.isEmpty() : text.isBlank();
  }

  private void takeHeader(BatchInput.Line line) {
    if (line.fault() != null) {
      throw new IllegalArgumentException(line.where() + ": " + line.fault());
    }
    try {
      header = cells(line.text());
      if (Set.copyOf(header).size() < header.size()) {
        throw new IllegalArgumentException(
            header + " (expected: each column has a name of its own)");
      }
      if (template != null) {
        template.check(header);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(line.where() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Parses a line of the simplest form, to be sent to {@link #namespace}.
   *
   * @return null for any other line
   */
  @Nullable Emit simple(String text) {
    return kind == Kind.EVENTS ? events.read(text) : null;
  }

  /** The namespace of lines that do not name one. */
  String namespace() {
    return defaults.namespace();
  }

  /**
   * Parses a line.
   *
   * @throws IllegalArgumentException with the reason why the line is no event
   */
  Event event(String text) {
    return switch (kind) {
      case EVENTS ->
          fromObject(JsonText.read("", text, "; other lines need --csv, --text or --json"));
      case CSV -> fromColumns(row(text), null);
      case TEXT -> {
        JsonNode line = JsonNodeFactory.instance.stringNode(text);
        yield fromColumns(Map.of(BatchTemplate.WHOLE_LINE, line), line);
      }
      case JSON -> fromColumns(Map.of(), JsonText.read("", text, ""));
    };
  }

  private Event fromColumns(Map<String, JsonNode> columns, @Nullable JsonNode whole) {
    if (template != null) {
      return fromObject(template.fill(columns, whole));
    }
    JsonNode argument = whole;
    if (argument == null) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      columns.forEach(object::set);
      argument = object;
    }
    return new Event(
        name(null), List.of(argument), rooms(null), defaults.except(), defaults.namespace());
  }

  private Map<String, JsonNode> row(String text) {
    List<String> cells = cells(text);
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells (expected: " + header.size() + ", as in the header)");
    }
    Map<String, JsonNode> columns = new LinkedHashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      columns.put(header.get(i), JsonNodeFactory.instance.stringNode(cells.get(i)));
    }
    return columns;
  }

  private List<String> cells(String text) {
    try {
      String[] cells = rows.readValue(text);
      return List.of(cells);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          JsonText.shown(text) + " (expected: a CSV row; " + e.getOriginalMessage() + ")", e);
    }
  }

  private Event fromObject(JsonNode object) {
    if (!object.isObject()) {
      throw new IllegalArgumentException(
          JsonText.shown(object.toString())
              + " (expected: an object such as {\"event\":\"price\"})");
    }
    checkFields("", object);
    JsonNode args = object.get("args");
    if (args != null && !args.isArray()) {
      throw new IllegalArgumentException(
          "args: " + JsonText.shown(args.toString()) + " (expected: an array)");
    }
    JsonNode except = object.get("except");
    JsonNode namespace = object.get("namespace");
    return new Event(
        name(object.get("event")),
        args == null ? List.of() : List.copyOf(args.values()),
        rooms(object.get("rooms")),
        except == null ? defaults.except() : texts("except", except),
        namespace == null ? defaults.namespace() : path(text("namespace", namespace)));
  }

  /**
   * Checks that an event has no other properties than an event may have.
   *
   * @param what stands before the name of the property in the message of a fault
   */
  private static void checkFields(String what, JsonNode object) {
    for (String field : object.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            what
                + JsonText.shown(field)
                + ": unknown (expected: event, args, rooms, except or namespace)");
      }
    }
  }

  /** The name of a namespace with the slash that clients may leave out. */
  static String path(String namespace) {
    return namespace.startsWith("/") ? namespace : "/" + namespace;
  }

  private String name(@Nullable JsonNode given) {
    if (given != null) {
      return text("event", given);
    }
    if (defaults.event() == null) {
      throw new IllegalArgumentException("event: none (expected: a name, here or by --event)");
    }
    return defaults.event();
  }

  private @Nullable List<String> rooms(@Nullable JsonNode given) {
    if (given == null) {
      return defaults.rooms().isEmpty() ? null : defaults.rooms();
    }
    List<String> rooms = texts("rooms", given);
    if (rooms.isEmpty()) {
      throw new IllegalArgumentException(
          "rooms: [] (expected: a room; a line without rooms is for the whole namespace)");
    }
    return rooms;
  }

  private static List<String> texts(String field, JsonNode given) {
    if (!given.isArray()) {
      throw new IllegalArgumentException(
          field + ": " + JsonText.shown(given.toString()) + " (expected: an array of texts)");
    }
    List<String> texts = new ArrayList<>();
    given.values().forEach(each -> texts.add(text(field, each)));
    return texts;
  }

  private static String text(String field, JsonNode given) {
    if (!given.isString()) {
      throw new IllegalArgumentException(
          field + ": " + JsonText.shown(given.toString()) + " (expected: a text)");
    }
    return given.stringValue();
  }
}
