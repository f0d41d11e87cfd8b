package io.starling.emitter.cli;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How the commands read and write JSON. Numbers keep all of their digits. */
final class JsonText {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonText() {}
}
