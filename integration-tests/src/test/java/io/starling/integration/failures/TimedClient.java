package io.starling.integration.failures;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client over WebSocket that passes on each message {@code ["n", number, sentNanos,
 * phase]} as soon as it arrives.
 */
final class TimedClient implements WebSocket.Listener {
  private static final Pattern NUMBERED = Pattern.compile("42\\[\"n\",(\\d+),(-?\\d+),(\\d+)\\]");

  private final Receiver receiver;
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();

  /** Hears one message at a time. */
  interface Receiver {
    /**
     * A message arrived.
     *
     * @param sentNanos {@link System#nanoTime()} of the sending process before it emitted
     */
    void heard(int number, long sentNanos, int phase);
  }

  private TimedClient(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Connects, and blocks until the client is in the namespace {@code /}. */
  static void connect(HttpClient http, int port, Receiver receiver) {
    TimedClient client = new TimedClient(receiver);
    URI uri = URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket");
    http.newWebSocketBuilder().buildAsync(uri, client).join();
    client.connected.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      Matcher numbered = NUMBERED.matcher(text);
      if (numbered.matches()) {
        receiver.heard(
            Integer.parseInt(numbered.group(1)),
            Long.parseLong(numbered.group(2)),
            Integer.parseInt(numbered.group(3)));
      } else if (text.startsWith("0")) {
        return from.sendText("40", true).thenRun(() -> from.request(1));
      } else if (text.equals("2")) {
        return from.sendText("3", true).thenRun(() -> from.request(1));
      } else if (text.startsWith("40")) {
        connected.complete(null);
      }
    }
    from.request(1);
    return null;
  }
}
