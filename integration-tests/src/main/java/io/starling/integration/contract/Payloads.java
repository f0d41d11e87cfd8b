package io.starling.integration.contract;

import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Creates the payloads of events from JSON text, and reads their text. */
public final class Payloads {
  private Payloads() {}

  /** Creates a payload with this JSON text and no attachment. */
  public static EventPayload json(String text) {
    return new EventPayload(utf8(text), List.of());
  }

  /** Creates a payload with this JSON text and one attachment of this many zero bytes. */
  public static EventPayload binary(String text, int bytes) {
    return new EventPayload(utf8(text), List.of(ByteBuffer.allocate(bytes)));
  }

  /** The JSON text of a payload. */
  public static String text(EventPayload payload) {
    return FakeSocket.text(payload.json());
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
