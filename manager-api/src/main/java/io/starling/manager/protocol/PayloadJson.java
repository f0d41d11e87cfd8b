package io.starling.manager.protocol;

import java.io.Writer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON of payloads, with its bound on nesting in both directions. The length of texts is
 * bounded by that of the message.
 */
final class PayloadJson {
  private final int maxDepth;
  private final JsonFactory factory;

  PayloadJson(int maxDepth) {
    this.maxDepth = maxDepth;
    this.factory =
        JsonFactory.builder()
            // The shortest digits that give the same double, on every JDK, as in JavaScript.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(maxDepth).build())
            .build();
  }

  int maxDepth() {
    return maxDepth;
  }

  JsonParser parser(byte[] text) {
    return factory.createParser(ObjectReadContext.empty(), text);
  }

  JsonGenerator generator(ObjectWriteContext context, Writer text) {
    return factory.createGenerator(context, text);
  }
}
