package io.starling.integration.wire;

import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose frames are seen one by one. */
final class WireWebSocket implements WebSocket.Listener {
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket webSocket;

  private WireWebSocket() {}

  static WireWebSocket connect(URI uri) {
    WireWebSocket socket = new WireWebSocket();
    socket.webSocket = WireClient.HTTP.newWebSocketBuilder().buildAsync(uri, socket).join();
    return socket;
  }

  WireWebSocket send(String text) {
    webSocket().sendText(text, true).join();
    return this;
  }

  /** Answers a ping, unless the server closes at the same moment. */
  void pong() {
    webSocket().sendText("3", true).exceptionally(closed -> webSocket()).join();
  }

  WireWebSocket sendBinary(int... bytes) {
    ByteBuffer data = ByteBuffer.allocate(bytes.length);
    for (int value : bytes) {
      data.put((byte) value);
    }
    webSocket().sendBinary(data.flip(), true).join();
    return this;
  }

  /**
   * As {@link #next}, but answers two pings at most and leaves them out: what comes behind a third
   * one, after 900 ms, is no answer.
   */
  String message() {
    String text = next();
    for (int pings = 0; pings < 2 && text.equals("2"); pings++) {
      text = send("3").next();
    }
    return text;
  }

  /**
   * What comes next: the text of a frame, {@code binary <hex>}, or {@code closed <status>}, where
   * 1005 means that none was sent.
   */
  String next() {
    return take().text();
  }

  Received take() {
    try {
      Received next = received.poll(WireClient.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new AssertionError("nothing was received within " + WireClient.TIMEOUT);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Leaves without a word. */
  void abort() {
    webSocket().abort();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    add("binary " + HexFormat.of().formatHex(bytes));
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    add("closed " + status);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    add("failed " + error);
  }

  private void add(String text) {
    received.add(new Received(text, System.nanoTime()));
  }

  private WebSocket webSocket() {
    WebSocket connected = webSocket;
    if (connected == null) {
      throw new IllegalStateException("webSocket: none (expected: connected)");
    }
    return connected;
  }

  /**
   * A frame, or the end.
   *
   * @param atNanos when, by {@link System#nanoTime}
   */
  record Received(String text, long atNanos) {}
}
