package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that sends and shows the texts of both protocols as they are. */
final class RawClient implements WebSocket.Listener {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket webSocket;

  RawClient(int port) {
    URI uri = URI.create("ws://localhost:" + port + "/socket.io/?EIO=4&transport=websocket");
    webSocket = HTTP.newWebSocketBuilder().buildAsync(uri, this).join();
    assertThat(next()).startsWith("0{");
  }

  RawClient send(String text) {
    webSocket.sendText(text, true).join();
    return this;
  }

  RawClient sendBinary(String text) {
    webSocket.sendBinary(StandardCharsets.UTF_8.encode(text), true).join();
    return this;
  }

  /** The next message but for pings; binary ones as {@code b:<text>}, the end as {@code closed}. */
  String next() {
    try {
      String message = received.poll(5, TimeUnit.SECONDS);
      assertThat(message).as("a message within 5 s").isNotNull();
      return String.valueOf(message);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void close() {
    webSocket.abort();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      received.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    received.add("b:" + StandardCharsets.UTF_8.decode(data));
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    received.add("closed");
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    received.add("closed");
  }
}
