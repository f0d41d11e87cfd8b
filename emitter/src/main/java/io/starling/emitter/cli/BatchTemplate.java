package io.starling.emitter.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON value whose texts contain placeholders. {@code ${name}} stands for the text of a CSV
 * column, or for the text of a property of a JSON line. {@code ${line}} stands for the whole line.
 * A text that is nothing but <code>${name:json}</code> is replaced by the JSON value that the
 * column holds, such as a number. Immutable.
 */
final class BatchTemplate {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*?)(:json)?\\}");

  /** The name of the placeholder for the whole line. */
  static final String WHOLE_LINE = "line";

  private final JsonNode template;

  /** The names of the placeholders. */
  private final Set<String> names = new LinkedHashSet<>();

  BatchTemplate(JsonNode template) {
    if (!template.isObject()) {
      throw new IllegalArgumentException(
          "--template: "
              + JsonText.shown(template.toString())
              + " (expected: an object such as {\"event\":\"price\",\"args\":[\"${name}\"]})");
    }
    this.template = template;
    collect(template);
  }

  /** Notes the placeholders of all texts. */
  private void collect(JsonNode node) {
    for (String name : node.propertyNames()) {
      if (PLACEHOLDER.matcher(name).find()) {
        throw new IllegalArgumentException(
            "--template: " + name + ": a placeholder as a name (expected: only in values)");
      }
    }
    if (node.isString()) {
      PLACEHOLDER.matcher(node.stringValue()).results().forEach(each -> names.add(each.group(1)));
    }
    node.values().forEach(this::collect);
  }

  /**
   * Checks that each placeholder has a column.
   *
   * @throws IllegalArgumentException when one has none
   */
  void check(List<String> columns) {
    for (String name : names) {
      if (!columns.contains(name)) {
        throw unknown(name, columns);
      }
    }
  }

  /**
   * Puts the values of one line in place of the placeholders.
   *
   * @param columns the texts of the line by their names; empty for a line of JSON
   * @param whole the line as a text or as a JSON value; null for CSV
   * @throws IllegalArgumentException when the line has no value for a placeholder
   */
  JsonNode fill(Map<String, JsonNode> columns, @Nullable JsonNode whole) {
    return fill(template, columns, whole);
  }

  private static JsonNode fill(
      JsonNode node, Map<String, JsonNode> columns, @Nullable JsonNode whole) {
    if (node instanceof ObjectNode object) {
      ObjectNode filled = JsonNodeFactory.instance.objectNode();
      object.forEachEntry((name, value) -> filled.set(name, fill(value, columns, whole)));
      return filled;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode filled = JsonNodeFactory.instance.arrayNode();
      array.forEach(each -> filled.add(fill(each, columns, whole)));
      return filled;
    }
    return node.isString() ? filled(node.stringValue(), columns, whole) : node;
  }

  private static JsonNode filled(
      String text, Map<String, JsonNode> columns, @Nullable JsonNode whole) {
    var matcher = PLACEHOLDER.matcher(text);
    if (matcher.matches() && matcher.group(2) != null) {
      JsonNode cell = columns.get(matcher.group(1));
      return cell != null
          ? JsonText.read("", cell.stringValue(), "")
          : value(matcher.group(1), columns, whole);
    }
    StringBuilder filled = new StringBuilder();
    int from = 0;
    matcher.reset();
    while (matcher.find()) {
      filled.append(text, from, matcher.start());
      JsonNode value = value(matcher.group(1), columns, whole);
      filled.append(value.isString() ? value.stringValue() : value.toString());
      from = matcher.end();
    }
    return JsonNodeFactory.instance.stringNode(filled.append(text, from, text.length()).toString());
  }

  private static JsonNode value(
      String name, Map<String, JsonNode> columns, @Nullable JsonNode whole) {
    JsonNode value = columns.get(name);
    if (value == null && whole != null) {
      JsonNode property = whole.get(name);
      value = property == null && name.equals(WHOLE_LINE) ? whole : property;
    }
    if (value == null) {
      List<String> known = new ArrayList<>(new TreeSet<>(columns.keySet()));
      if (whole != null) {
        known.add(WHOLE_LINE);
        known.addAll(whole.propertyNames());
      }
      throw unknown(name, known);
    }
    return value;
  }

  private static IllegalArgumentException unknown(String name, List<String> known) {
    return new IllegalArgumentException(
        "template: ${" + name + "} (expected: one of " + String.join(", ", known) + ")");
  }
}
