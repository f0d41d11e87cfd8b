package io.starling.integration.client;

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
 * A Socket.IO client that costs next to nothing, so that a test can have a thousand: WebSocket
 * only, the namespace {@code /}, events of the form {@code ["s", stream, number]}. It acks whatever
 * asks.
 */
public final class ThinClient implements WebSocket.Listener, AutoCloseable {
  private static final Pattern CONNECTED = Pattern.compile("40\\{\"sid\":\"([^\"]+)\"\\}");
  private static final Pattern NUMBERED = Pattern.compile("42\\d*\\[\"s\",\"([^\"]+)\",(\\d+)\\]");
  private static final Pattern ASKING = Pattern.compile("42(\\d+)\\[.*");

  private final NumberedStreams streams;
  private final CompletableFuture<String> id = new CompletableFuture<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable WebSocket socket;

  private ThinClient(NumberedStreams streams) {
    this.streams = streams;
  }

  /** Connects in the background; {@link #id()} waits for it. */
  public static ThinClient connect(HttpClient http, int port, NumberedStreams streams) {
    ThinClient client = new ThinClient(streams);
    URI uri = URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket");
    CompletableFuture<WebSocket> unused =
        http.newWebSocketBuilder()
            .buildAsync(uri, client)
            .whenComplete(
                (made, failure) -> {
                  if (failure != null) {
                    client.id.completeExceptionally(failure);
                  }
                });
    return client;
  }

  /** The id of its socket; waits until it is connected. */
  public String id() {
    return id.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    opened.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      String answer = answer(text);
      if (answer != null) {
        // The next frame is asked for when this one is on its way: one send at a time.
        return from.sendText(answer, true).thenRun(() -> from.request(1));
      }
    }
    from.request(1);
    return null;
  }

  private @Nullable String answer(String text) {
    if (text.startsWith("0")) {
      return "40";
    }
    if (text.equals("2")) {
      return "3";
    }
    Matcher connected = CONNECTED.matcher(text);
    if (connected.matches()) {
      id.complete(connected.group(1));
      return null;
    }
    Matcher numbered = NUMBERED.matcher(text);
    if (numbered.matches()) {
      streams.heard(numbered.group(1), Integer.parseInt(numbered.group(2)));
    }
    Matcher asking = ASKING.matcher(text);
    return asking.matches() ? "43" + asking.group(1) + "[\"ok\"]" : null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    id.completeExceptionally(new IllegalStateException("closed: " + status));
    return null;
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }
}
