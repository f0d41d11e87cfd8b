package io.starling.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.json.JSONArray;
import org.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** JSON trees of other libraries as arguments. */
final class ForeignTreesTest {
  private final EventPayloadCodec codec = EventPayloadCodec.standard();

  record Holder(String name, Object tree) {}

  record Typed(com.fasterxml.jackson.databind.@Nullable JsonNode tree, List<JSONObject> more) {}

  static Stream<Object> trees() throws Exception {
    com.fasterxml.jackson.databind.ObjectMapper old =
        new com.fasterxml.jackson.databind.ObjectMapper();
    return Stream.of(
        old.readTree("{\"a\":1}"),
        old.readTree("{}"),
        old.readTree("[1]"),
        old.readTree("\"text\""),
        old.readTree("1.5"),
        NullNode.instance,
        BinaryNode.valueOf(new byte[] {1}),
        new JSONObject("{\"a\":1}"),
        new JSONObject(),
        new JSONArray("[1]"),
        JSONObject.NULL,
        JsonParser.parseString("{\"a\":1}"),
        JsonParser.parseString("[1]"),
        new JsonPrimitive("text"),
        JsonNull.INSTANCE,
        JsonValue.EMPTY_JSON_OBJECT,
        JsonValue.EMPTY_JSON_ARRAY,
        JsonValue.TRUE);
  }

  @ParameterizedTest
  @MethodSource("trees")
  void treeIsRefusedWithHowToConvertIt(Object tree) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeEvent("x", List.of("first", tree)))
        .withMessageStartingWith("argument 1: " + tree.getClass().getName())
        .withMessageContaining("JsonMapper.shared().readTree(tree.toString())");
  }

  @ParameterizedTest
  @MethodSource("trees")
  void treeInsideAnotherValueIsRefusedToo(Object tree) {
    List<Object> holders =
        List.of(
            Map.of("key", tree),
            List.of(1, List.of(tree)),
            new Object[] {tree},
            Optional.of(tree),
            new Holder("name", tree),
            Map.of("deep", List.of(new Holder("name", Map.of("deeper", tree)))));

    assertThat(holders)
        .allSatisfy(
            holder ->
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> codec.encodeArguments(List.of(holder)))
                    .withMessageContaining("JsonMapper.shared().readTree(tree.toString())"));
  }

  @Test
  void treeInATypedPropertyIsRefusedToo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encodeArguments(List.of(new Typed(NullNode.instance, List.of()))))
        .withMessageContaining("NullNode is a tree of another JSON library");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> codec.encodeArguments(List.of(new Typed(null, List.of(new JSONObject())))))
        .withMessageContaining("org.json.JSONObject is a tree of another JSON library");
  }

  @Test
  void theConversionThatTheMessageNamesIsTaken() {
    JSONObject tree = new JSONObject("{\"a\":[1,null,\"b\"]}");

    assertThat(json(codec, JsonMapper.shared().readTree(tree.toString())))
        .isEqualTo("[{\"a\":[1,null,\"b\"]}]");
  }

  @Test
  void readingIntoSuchATreeIsRefusedToo() {
    Arguments arguments = codec.decode(codec.encodeArguments(List.of(Map.of("a", 1))));

    assertThat(
            List.of(
                JSONObject.class,
                JSONArray.class,
                com.fasterxml.jackson.databind.JsonNode.class,
                com.google.gson.JsonObject.class))
        .allSatisfy(
            type ->
                assertThatIllegalArgumentException()
                    .isThrownBy(() -> arguments.get(0, type))
                    .withMessageContaining(type.getName() + " is a tree of another JSON library"));
  }

  @Test
  void mapperThatKnowsSuchATreeKeepsItsWay() {
    SimpleModule module = new SimpleModule().addSerializer(JSONObject.class, new AsText());
    EventPayloadCodec own = new EventPayloadCodec(JsonMapper.builder().addModule(module).build());

    assertThat(json(own, new JSONObject("{\"a\":1}"))).isEqualTo("[{\"a\":1}]");
  }

  private static final class AsText extends ValueSerializer<JSONObject> {
    @Override
    public void serialize(JSONObject tree, JsonGenerator generator, SerializationContext context) {
      generator.writeRawValue(tree.toString());
    }
  }

  private static String json(EventPayloadCodec codec, Object argument) {
    return StandardCharsets.UTF_8
        .decode(codec.encodeArguments(List.of(argument)).json())
        .toString();
  }
}
