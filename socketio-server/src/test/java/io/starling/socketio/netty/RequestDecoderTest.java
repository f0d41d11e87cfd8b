package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
  private static final String LONG_NAME = "x".repeat(100);

  @Test
  void namesAreAsTheClientWroteThem() {
    // "Aa" and "BB" have the same hash.
    assertThat(names("Aa: 1", "BB: 2", "Aa: 3", "aa: 4", LONG_NAME + ": 5"))
        .extracting(CharSequence::toString)
        .containsExactly("Aa", "BB", "Aa", "aa", LONG_NAME);
  }

  @Test
  void aNameThatManyRequestsHaveIsShared() {
    assertThat(names("X-Client: 1").get(0)).isSameAs(names("X-Client: 2").get(0));
  }

  @Test
  void aLongNameIsNotKept() {
    assertThat(names(LONG_NAME + ": 1").get(0)).isNotSameAs(names(LONG_NAME + ": 1").get(0));
  }

  /** The names of the fields of a request, as it was read. */
  private static List<CharSequence> names(String... fields) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(new HttpDecoderConfig()));
    String head = "GET / HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    channel.writeInbound(Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII));
    HttpRequest request = channel.readInbound();
    List<CharSequence> names = new ArrayList<>();
    request.headers().iteratorCharSequence().forEachRemaining(field -> names.add(field.getKey()));
    channel.finishAndReleaseAll();
    return names;
  }
}
