package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
  private static final String LONGEST_SHARED_NAME = "x".repeat(64);
  private static final String LONG_NAME = "x".repeat(65);

  @Test
  void namesAreAsTheClientWroteThem() {
    // "Aa" and "BB" have the same hash.
    assertThat(names("Aa: 1", "BB: 2", "Aa: 3", "aa: 4", LONG_NAME + ": 5"))
        .extracting(CharSequence::toString)
        .containsExactly("Aa", "BB", "Aa", "aa", LONG_NAME);
  }

  /** Those of Chrome's WebSocket and of its polling, besides what Node's ws sends. */
  @Test
  void theNamesThatBrowsersSendAreAllShared() {
    String[] fields = {
      "Host: a",
      "Connection: Upgrade",
      "Pragma: no-cache",
      "Cache-Control: no-cache",
      "User-Agent: a",
      "Upgrade: websocket",
      "Origin: http://a",
      "Sec-WebSocket-Version: 13",
      "Accept-Encoding: gzip",
      "Accept-Language: en",
      "Sec-WebSocket-Key: a",
      "Sec-WebSocket-Extensions: permessage-deflate",
      "sec-ch-ua: a",
      "sec-ch-ua-mobile: ?0",
      "sec-ch-ua-platform: a",
      "Accept: */*",
      "Sec-Fetch-Site: same-origin",
      "Sec-Fetch-Mode: cors",
      "Sec-Fetch-Dest: empty",
      "Referer: a",
      "Cookie: a=b",
      LONGEST_SHARED_NAME + ": a"
    };
    List<CharSequence> once = names(fields);
    List<CharSequence> again = names(fields);

    for (int i = 0; i < fields.length; i++) {
      assertThat(again.get(i)).isSameAs(once.get(i));
    }
  }

  @Test
  void aLongNameIsNotKept() {
    assertThat(names(LONG_NAME + ": 1").get(0)).isNotSameAs(names(LONG_NAME + ": 1").get(0));
  }

  /** The names of the fields of a request, as it was read. */
  private static List<CharSequence> names(String... fields) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(() -> {}));
    String head = "GET / HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    channel.writeInbound(Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII));
    HttpRequest request = channel.readInbound();
    List<CharSequence> names = new ArrayList<>();
    request.headers().iteratorCharSequence().forEachRemaining(field -> names.add(field.getKey()));
    channel.finishAndReleaseAll();
    return names;
  }
}
