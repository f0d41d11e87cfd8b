package io.starling.protocol.payload;

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
 * Creates the JSON parsers and generators of payloads. Both refuse arrays and objects that are
 * nested too deep. The length of a string needs no bound, because the size of a message has one.
 */
final class PayloadJson {
  private final int maxDepth;
  private final JsonFactory factory;

  PayloadJson(int maxDepth) {
    this.maxDepth = maxDepth;
    this.factory =
        JsonFactory.builder()
            // Writes the fewest digits that parse to the same double, as JavaScript does. Without
            // this feature Double.toString decides, which writes more digits before JDK 19.
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
