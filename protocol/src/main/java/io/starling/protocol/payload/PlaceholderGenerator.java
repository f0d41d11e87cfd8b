package io.starling.protocol.payload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonGeneratorDelegate;

/**
 * A JSON generator that replaces each binary value by a placeholder and collects the bytes as an
 * attachment. As in JavaScript's {@code JSON.stringify}, NaN and infinities become null. Raw JSON
 * that a serializer writes is parsed first, so that no malformed JSON reaches a client.
 */
final class PlaceholderGenerator extends JsonGeneratorDelegate {
  private static final JsonFactory JSON = new JsonFactory();

  private final List<ByteBuffer> attachments = new ArrayList<>();
  private boolean lookalike;

  PlaceholderGenerator(JsonGenerator delegate) {
    super(delegate, false);
  }

  List<ByteBuffer> attachments() {
    return attachments;
  }

  /**
   * Returns whether an object of the application, at any depth, has a property {@code
   * "_placeholder": true}. In a payload with attachments the receiver would take such an object for
   * a placeholder.
   */
  boolean wrotePlaceholderLookalike() {
    return lookalike;
  }

  private JsonGenerator attach(byte[] bytes) {
    delegate.writeStartObject();
    delegate.writeName(EventPayload.PLACEHOLDER).writeBoolean(true);
    delegate.writeName(EventPayload.NUMBER).writeNumber(attachments.size());
    delegate.writeEndObject();
    attachments.add(ByteBuffer.wrap(bytes));
    return this;
  }

  @Override
  public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
    return attach(Arrays.copyOfRange(data, offset, offset + length));
  }

  @Override
  public int writeBinary(Base64Variant variant, InputStream data, int length) {
    try {
      byte[] bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
      attach(bytes);
      return bytes.length;
    } catch (IOException e) {
      throw JacksonIOException.construct(e, this);
    }
  }

  @Override
  public JsonGenerator writeEmbeddedObject(Object object) {
    if (object instanceof byte[] bytes) {
      return attach(bytes.clone());
    }
    return super.writeEmbeddedObject(object);
  }

  @Override
  public JsonGenerator writeBoolean(boolean value) {
    lookalike |= value && EventPayload.PLACEHOLDER.equals(streamWriteContext().currentName());
    return super.writeBoolean(value);
  }

  @Override
  public JsonGenerator writeNumber(double value) {
    return Double.isFinite(value) ? super.writeNumber(value) : writeNull();
  }

  @Override
  public JsonGenerator writeNumber(float value) {
    return Float.isFinite(value) ? super.writeNumber(value) : writeNull();
  }

  @Override
  public JsonGenerator writeArray(double[] values, int offset, int length) {
    writeStartArray(values, length);
    for (int i = offset; i < offset + length; i++) {
      writeNumber(values[i]);
    }
    return writeEndArray();
  }

  @Override
  public JsonGenerator writeNumber(String digits) {
    return writeRawValue(digits);
  }

  @Override
  public JsonGenerator writeNumber(char[] digits, int offset, int length) {
    return writeRawValue(new String(digits, offset, length));
  }

  @Override
  public JsonGenerator writeRawValue(String json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      copyCurrentStructureExact(parser);
      if (parser.nextToken() != null) {
        throw new UnsupportedOperationException("raw JSON: more than one value");
      }
      return this;
    }
  }
}
