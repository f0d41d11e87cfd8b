package io.starling.protocol.payload;

import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TreeNode;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes one payload. The mapper of the application serializes the arguments into a generator that
 * the codec configures, so that the mapper's settings do not change how the text is written.
 */
final class PayloadWriter {
  private final ObjectWriter writer;
  private final StringWriter text = new StringWriter();
  private final PlaceholderGenerator generator;

  PayloadWriter(JsonMapper mapper, JsonFactory factory) {
    this.writer = mapper.writer();
    this.generator = new PlaceholderGenerator(factory.createGenerator(new Context(), text));
  }

  EventPayload write(@Nullable String name, List<? extends @Nullable Object> arguments) {
    int suspect = -1;
    generator.writeStartArray();
    if (name != null) {
      generator.writeString(name);
    }
    for (int i = 0; i < arguments.size(); i++) {
      writeArgument(arguments.get(i), i);
      if (suspect < 0 && generator.wrotePlaceholderLookalike()) {
        suspect = i;
      }
    }
    generator.writeEndArray();
    generator.close();
    List<ByteBuffer> attachments = generator.attachments();
    if (suspect >= 0 && !attachments.isEmpty()) {
      throw new IllegalArgumentException(
          "argument "
              + suspect
              + ": \"_placeholder\": true (expected: no such property beside binary values)");
    }
    return new EventPayload(WireText.utf8(text.toString()), attachments);
  }

  private void writeArgument(@Nullable Object argument, int index) {
    try {
      if (argument == null) {
        generator.writeNull();
      } else if (argument.getClass().isHidden()) {
        throw new UnsupportedOperationException("a lambda");
      } else {
        writer.writeValue(generator, argument);
      }
    } catch (JacksonException | UnsupportedOperationException e) {
      String reason = e instanceof JacksonException j ? j.getOriginalMessage() : e.getMessage();
      throw new IllegalArgumentException(
          "argument " + index + ": " + reason + " (expected: a value that JSON can represent)", e);
    }
  }

  /**
   * The context of the generator. A serializer of the application may write an object through the
   * generator, and this context then serializes that object by the same mapper.
   */
  private final class Context extends ObjectWriteContext.Base {
    @Override
    public void writeValue(JsonGenerator g, @Nullable Object value) {
      if (value == null) {
        g.writeNull();
      } else {
        writer.writeValue(g, value);
      }
    }

    @Override
    public void writeTree(JsonGenerator g, @Nullable TreeNode tree) {
      writeValue(g, tree);
    }
  }
}
