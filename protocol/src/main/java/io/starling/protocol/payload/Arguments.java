package io.starling.protocol.payload;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The decoded arguments of a Socket.IO event or acknowledgement. Immutable. Iteration returns the
 * same values as {@link #get(int)}. In the tree of {@link #node} a binary value is a binary node.
 *
 * <p>The methods throw {@link IndexOutOfBoundsException} for a negative index.
 */
public final class Arguments implements Iterable<@Nullable Object> {
  private final List<JsonNode> nodes;
  private final JsonMapper mapper;

  Arguments(List<JsonNode> nodes, JsonMapper mapper) {
    this.nodes = List.copyOf(nodes);
    this.mapper = mapper;
  }

  /** Returns the number of arguments. */
  public int size() {
    return nodes.size();
  }

  /** Returns whether there are no arguments. */
  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  /**
   * Returns an argument as a plain Java value: null, Boolean, String, Integer, Long, BigInteger,
   * Double, {@code byte[]}, or a modifiable List or Map of such values. A fraction with more digits
   * than a double can hold is a BigDecimal.
   *
   * @return null for JSON null, and for an index at or beyond {@link #size()}, because the protocol
   *     does not fix the number of arguments of an event
   */
  public @Nullable Object get(int index) {
    return get(index, Object.class);
  }

  /**
   * Returns an argument converted to a class by the JSON mapper of the codec.
   *
   * @return null in the cases in which {@link #get(int)} returns null
   * @throws IllegalArgumentException when the argument cannot be converted to the class
   */
  public <T> @Nullable T get(int index, Class<T> type) {
    return converted(index, type, node -> mapper.treeToValue(node, type));
  }

  /**
   * Returns an argument converted to a type by the JSON mapper of the codec. Use this method for a
   * type with type arguments, such as {@code List<Move>}.
   *
   * @return null in the cases in which {@link #get(int)} returns null
   * @throws IllegalArgumentException when the argument cannot be converted to the type
   */
  public @Nullable Object get(int index, Type type) {
    return converted(index, type, node -> mapper.treeToValue(node, mapper.constructType(type)));
  }

  private <T> @Nullable T converted(int index, Type type, Function<JsonNode, T> conversion) {
    if (index >= nodes.size() || nodes.get(index).isNull()) {
      return null;
    }
    try {
      return conversion.apply(nodes.get(index));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "argument " + index + ": " + e.getOriginalMessage() + " (expected: " + type + ")", e);
    }
  }

  /** Returns an argument as a JSON tree; a missing node for an index at or beyond the size. */
  public JsonNode node(int index) {
    return index < nodes.size() ? nodes.get(index) : mapper.missingNode();
  }

  /** Returns all arguments as {@link #get(int)} returns them, in an unmodifiable list. */
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
