package io.starling.manager.protocol;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The arguments of an event or an ack, decoded. Immutable; iterates over {@link #get(int)}.
 *
 * <p>Attachments stand in the tree as binary nodes.
 */
public final class Arguments implements Iterable<@Nullable Object> {
  private final List<JsonNode> nodes;
  private final JsonMapper mapper;

  Arguments(List<JsonNode> nodes, JsonMapper mapper) {
    this.nodes = List.copyOf(nodes);
    this.mapper = mapper;
  }

  /** The same but for the first, which there must be. */
  Arguments withoutFirst() {
    return new Arguments(nodes.subList(1, nodes.size()), mapper);
  }

  public int size() {
    return nodes.size();
  }

  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  /**
   * One argument as plain Java: null, Boolean, String, Integer, Long, BigInteger, Double, {@code
   * byte[]}, or a modifiable List or Map of these. A fraction with more digits than a double can
   * hold is a BigDecimal.
   *
   * @return null for JSON null, and for an index at or beyond {@link #size()}: the protocol does
   *     not say how many arguments an event has
   */
  public @Nullable Object get(int index) {
    return get(index, Object.class);
  }

  /**
   * One argument as the mapper reads it.
   *
   * @return null as {@link #get(int)}
   * @throws IllegalArgumentException when it does not fit the type
   */
  public <T> @Nullable T get(int index, Class<T> type) {
    if (index >= nodes.size() || nodes.get(index).isNull()) {
      return null;
    }
    return Conversion.convert(mapper, nodes.get(index), type, index);
  }

  /**
   * One argument as the mapper reads it, for types that a class cannot tell: {@code List<Move>}.
   *
   * @return null as {@link #get(int)}
   * @throws IllegalArgumentException when it does not fit the type
   */
  public @Nullable Object get(int index, Type type) {
    if (index >= nodes.size() || nodes.get(index).isNull()) {
      return null;
    }
    return Conversion.convert(mapper, nodes.get(index), type, index);
  }

  /** One argument as a tree; a missing node at or beyond {@link #size()}. */
  public JsonNode node(int index) {
    return index < nodes.size() ? nodes.get(index) : mapper.missingNode();
  }

  /** All arguments as {@link #get(int)} gives them, nulls included. */
  public List<@Nullable Object> toList() {
    List<@Nullable Object> all = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      all.add(get(i));
    }
    return Collections.unmodifiableList(all);
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return toList().iterator();
  }

  @Override
  public String toString() {
    return nodes.toString();
  }
}
