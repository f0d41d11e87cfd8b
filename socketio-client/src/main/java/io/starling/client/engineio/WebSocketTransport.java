package io.starling.client.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.PacketCodec;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A WebSocket of {@code java.net.http}, with one packet in each message. */
final class WebSocketTransport implements Transport, WebSocket.Listener {
  // Short, because what a server answers instead of 101 is read without a bound until then.
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final Endpoint endpoint;
  private final @Nullable String sid;
  private final Events events;
  private final CompletableFuture<Object> gone = new CompletableFuture<>();

  // The parts of a message that has not ended. Only the WebSocket's serial calls use them.
  private final StringBuilder text = new StringBuilder();
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);

  // Guarded by this, down to the next blank line. Nothing is called under the lock.
  private boolean reading = true;
  private boolean owed;
  private boolean ended;
  private @Nullable CompletableFuture<WebSocket> handshake;

  private volatile @Nullable WebSocket socket;

  WebSocketTransport(HttpClient http, Endpoint endpoint, @Nullable String sid, Events events) {
    this.http = http;
    this.endpoint = endpoint;
    this.sid = sid;
    this.events = events;
  }

  @Override
  public String name() {
    return EngineIoConnection.WEBSOCKET;
  }

  @Override
  public void open() {
    try {
      WebSocket.Builder builder = http.newWebSocketBuilder();
      endpoint.addHeaders(builder::header);
      CompletableFuture<WebSocket> begun = builder.buildAsync(endpoint.request(name(), sid), this);
      boolean late;
      synchronized (this) {
        handshake = begun;
        late = ended;
      }
      if (late) {
        begun.cancel(true);
      }
      Timers.Task deadline = ClientThreads.TIMERS.schedule(HANDSHAKE_TIMEOUT, this::openLate);
      begun.whenComplete(
          (done, failure) -> {
            deadline.cancel();
            refused(failure);
          });
    } catch (RuntimeException e) {
      fail(CloseReason.TRANSPORT_ERROR, Faults.text(e), e);
    }
  }

  private void openLate() {
    if (socket == null) {
      String fault = "not open (expected: within " + HANDSHAKE_TIMEOUT.toSeconds() + " s)";
      fail(CloseReason.TRANSPORT_ERROR, "WebSocket " + endpoint.uri() + ": " + fault, null);
    }
  }

  private void refused(@Nullable Throwable failure) {
    if (failure == null) {
      return;
    }
    Throwable cause = Faults.cause(failure);
    String fault = Faults.text(cause);
    if (cause instanceof WebSocketHandshakeException handshake) {
      fault = "status " + handshake.getResponse().statusCode() + " (expected: 101)";
    }
    fail(CloseReason.TRANSPORT_ERROR, "WebSocket " + endpoint.uri() + ": " + fault, cause);
  }

  @Override
  public void session(String given) {
    // The session is the connection.
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    boolean late;
    synchronized (this) {
      late = ended;
    }
    if (late) {
      opened.abort();
      return;
    }
    events.opened();
    opened.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    // A char is at least a third of its UTF-8, so this bounds the memory before the check below.
    if (data.length() > endpoint.maxPayloadBytes() - text.length()) {
      tooLong();
      return null;
    }
    if (last && text.isEmpty()) {
      received(ByteBuffer.wrap(data.toString().getBytes(UTF_8)), false);
      return null;
    }
    text.append(data);
    if (last) {
      ByteBuffer frame = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
      text.setLength(0);
      text.trimToSize();
      received(frame, false);
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    if (data.remaining() > endpoint.maxPayloadBytes() - bytes.size()) {
      tooLong();
      return null;
    }
    byte[] part = new byte[data.remaining()];
    data.get(part);
    if (last && bytes.size() == 0) {
      received(ByteBuffer.wrap(part), true);
      return null;
    }
    bytes.write(part, 0, part.length);
    if (last) {
      ByteBuffer frame = ByteBuffer.wrap(bytes.toByteArray());
      bytes = new ByteArrayOutputStream(0);
      received(frame, true);
    } else {
      from.request(1);
    }
    return null;
  }

  private void tooLong() {
    Throwable cause = new BoundedBody.TooLongException(endpoint.maxPayloadBytes());
    fail(CloseReason.PARSE_ERROR, Faults.text(cause), cause);
  }

  private void received(ByteBuffer frame, boolean binary) {
    try {
      events.packet(binary ? PacketCodec.decodeBinary(frame) : PacketCodec.decodeText(frame));
    } catch (RuntimeException e) {
      fail(CloseReason.PARSE_ERROR, String.valueOf(e.getMessage()), e);
      return;
    }
    WebSocket from = socket;
    boolean more;
    synchronized (this) {
      more = reading;
      owed = !more;
    }
    if (more && from != null) {
      from.request(1);
    }
  }

  @Override
  public void read(boolean on) {
    boolean due;
    synchronized (this) {
      reading = on;
      due = on && owed;
      owed = owed && !on;
    }
    WebSocket from = socket;
    if (due && from != null) {
      // On a thread of its own: the call may go on to read, and the caller may be a handler.
      ClientThreads.IO.execute(() -> from.request(1));
    }
  }

  @Override
  public CompletableFuture<?> send(List<EngineIoPacket> packets) {
    return send(packets.iterator());
  }

  private CompletableFuture<?> send(Iterator<EngineIoPacket> packets) {
    CompletableFuture<WebSocket> sent = new CompletableFuture<>();
    while (packets.hasNext()) {
      sent = send(packets.next());
      if (!sent.isDone()) {
        return sent.thenCompose(done -> send(packets));
      }
      if (sent.isCompletedExceptionally()) {
        return sent;
      }
    }
    return CompletableFuture.completedFuture(sent);
  }

  private CompletableFuture<WebSocket> send(EngineIoPacket packet) {
    WebSocket to = socket;
    if (to == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("WebSocket: not open"));
    }
    CompletableFuture<WebSocket> sent;
    if (PacketCodec.binary(packet)) {
      sent = to.sendBinary(PacketCodec.data(packet), true);
    } else {
      String data = UTF_8.decode(PacketCodec.data(packet)).toString();
      sent = to.sendText((char) PacketCodec.type(packet) + data, true);
    }
    return sent.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            Throwable cause = Faults.cause(failure);
            fail(CloseReason.TRANSPORT_ERROR, "WebSocket: " + Faults.text(cause), cause);
          }
        });
  }

  @Override
  public CompletableFuture<?> pause() {
    throw new UnsupportedOperationException("pause: a WebSocket (expected: polling)");
  }

  @Override
  public CompletableFuture<?> close() {
    synchronized (this) {
      ended = true;
    }
    WebSocket to = socket;
    if (to == null) {
      gone.complete(gone);
    } else {
      to.sendClose(WebSocket.NORMAL_CLOSURE, "");
      // On a thread of its own: the call may go on to read, and the caller may be a handler.
      ClientThreads.IO.execute(() -> to.request(Long.MAX_VALUE));
    }
    return gone;
  }

  @Override
  public void abort() {
    synchronized (this) {
      ended = true;
    }
    release();
    gone.complete(gone);
  }

  /** Closes the TCP connection, also during the handshake. */
  private void release() {
    CompletableFuture<WebSocket> begun;
    synchronized (this) {
      begun = handshake;
    }
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    } else if (begun != null) {
      begun.cancel(true);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    gone.complete(gone);
    fail(
        CloseReason.TRANSPORT_CLOSE, ("WebSocket: closed, " + status + " " + reason).strip(), null);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    gone.complete(gone);
    fail(CloseReason.TRANSPORT_ERROR, "WebSocket: " + Faults.text(failure), failure);
  }

  private void fail(CloseReason reason, String detail, @Nullable Throwable cause) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    events.closed(reason, detail, cause);
    release();
  }
}
