package io.starling.protocol.payload;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/**
 * Makes a JSON mapper refuse the JSON trees of other libraries, at any depth of an argument.
 * Jackson 3 does not know these classes. It would write the values of their getters, or the
 * elements that they iterate over, instead of the JSON. A mapper keeps a serializer for these
 * classes that is not one of Jackson's databind, such as one of a data type module of Jackson 3.
 */
final class ForeignTrees {
  /** The base types of the trees, by name, because the libraries may not be on the class path. */
  private static final Set<String> ROOTS =
      Set.of(
          "com.fasterxml.jackson.core.TreeNode",
          "com.google.gson.JsonElement",
          "io.vertx.core.json.JsonArray",
          "io.vertx.core.json.JsonObject",
          "jakarta.json.JsonValue",
          "javax.json.JsonValue",
          "kotlinx.serialization.json.JsonElement",
          "org.codehaus.jackson.JsonNode",
          "org.json.JSONArray",
          "org.json.JSONObject",
          "org.json.JSONObject$Null");

  private ForeignTrees() {}

  /** Returns a copy of the mapper that refuses to write or read such a tree. */
  static JsonMapper refusedBy(JsonMapper mapper) {
    SimpleModule module =
        new SimpleModule("starling-foreign-trees")
            .setSerializerModifier(new Writing())
            .setDeserializerModifier(new Reading());
    return mapper.rebuild().addModule(module).build();
  }

  private static boolean foreign(@Nullable Class<?> type) {
    return type != null
        && (ROOTS.contains(type.getName())
            || foreign(type.getSuperclass())
            || Arrays.stream(type.getInterfaces()).anyMatch(ForeignTrees::foreign));
  }

  /** Returns whether a serializer or deserializer is a general one of Jackson itself. */
  private static boolean ofJackson(Object serializer) {
    return serializer.getClass().getName().startsWith("tools.jackson.databind.");
  }

  private static String fault(Class<?> type, String conversion) {
    return type.getName() + " is a tree of another JSON library; convert it: " + conversion;
  }

  private static final class Writing extends ValueSerializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public ValueSerializer<?> modifySerializer(
        SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> found) {
      return refusing(bean, found);
    }

    @Override
    public ValueSerializer<?> modifyMapSerializer(
        SerializationConfig config,
        MapType type,
        BeanDescription.Supplier bean,
        ValueSerializer<?> found) {
      return refusing(bean, found);
    }

    @Override
    public ValueSerializer<?> modifyCollectionSerializer(
        SerializationConfig config,
        CollectionType type,
        BeanDescription.Supplier bean,
        ValueSerializer<?> found) {
      return refusing(bean, found);
    }

    private static ValueSerializer<?> refusing(
        BeanDescription.Supplier bean, ValueSerializer<?> found) {
      return ofJackson(found) && foreign(bean.getBeanClass()) ? new RefusingSerializer() : found;
    }
  }

  private static final class RefusingSerializer extends ValueSerializer<Object> {
    @Override
    public void serialize(Object tree, JsonGenerator generator, SerializationContext context) {
      context.reportBadDefinition(
          context.constructType(tree.getClass()),
          fault(
              tree.getClass(),
              "tools.jackson.databind.json.JsonMapper.shared().readTree(tree.toString())"));
    }
  }

  private static final class Reading extends ValueDeserializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public ValueDeserializer<?> modifyDeserializer(
        DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> found) {
      Class<?> type = bean.getBeanClass();
      return ofJackson(found) && foreign(type) ? new RefusingDeserializer(type) : found;
    }
  }

  private static final class RefusingDeserializer extends ValueDeserializer<Object> {
    private final Class<?> type;

    RefusingDeserializer(Class<?> type) {
      this.type = type;
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) {
      return context.reportBadDefinition(
          context.constructType(type),
          fault(type, "parse the text of a tools.jackson.databind.JsonNode"));
    }
  }
}
