package io.starling.client.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.PayloadCodec;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP long-polling: one GET after the other brings packets, and a POST takes packets to the
 * server.
 */
final class PollingTransport implements Transport {
  private static final int LONGEST_FAULT = 200;

  private final HttpClient http;
  private final Endpoint endpoint;
  private final Events events;

  // Guarded by this, down to the next blank line. Nothing is called under the lock.
  private boolean polling;
  private boolean reading = true;
  private boolean ended;
  private @Nullable CompletableFuture<?> paused;
  private @Nullable CompletableFuture<?> poll;
  private @Nullable CompletableFuture<?> post;
  private @Nullable Iterator<EngineIoPacket> unread;

  private volatile @Nullable String sid;

  PollingTransport(HttpClient http, Endpoint endpoint, Events events) {
    this.http = http;
    this.endpoint = endpoint;
    this.events = events;
  }

  @Override
  public String name() {
    return EngineIoConnection.POLLING;
  }

  @Override
  public void open() {
    poll();
  }

  @Override
  public void session(String given) {
    sid = given;
  }

  @Override
  public void read(boolean on) {
    synchronized (this) {
      reading = on;
    }
    if (on) {
      // On a thread of its own: the caller may be a handler.
      ClientThreads.IO.execute(this::goOn);
    }
  }

  private void goOn() {
    Iterator<EngineIoPacket> rest;
    synchronized (this) {
      rest = unread;
      unread = null;
    }
    if (rest == null) {
      poll();
    } else {
      tell(rest);
    }
  }

  @Override
  public CompletableFuture<?> pause() {
    CompletableFuture<Object> done = new CompletableFuture<>();
    boolean idle;
    synchronized (this) {
      paused = done;
      idle = !polling;
    }
    if (idle) {
      done.complete(null);
    } else {
      ClientThreads.IO.execute(this::goOn);
    }
    return done;
  }

  private void poll() {
    synchronized (this) {
      if (polling || !reading || ended || paused != null) {
        return;
      }
      polling = true;
    }
    CompletableFuture<HttpResponse<ByteBuffer>> request;
    try {
      request = send(request().GET().build());
    } catch (RuntimeException e) {
      fail(CloseReason.TRANSPORT_ERROR, Faults.text(e), e);
      return;
    }
    boolean late;
    synchronized (this) {
      poll = request;
      late = ended;
    }
    if (late) {
      request.cancel(true);
    }
    request.whenComplete(this::polled);
  }

  private void polled(@Nullable HttpResponse<ByteBuffer> response, @Nullable Throwable failure) {
    if (failed("GET", response, failure) || response == null) {
      return;
    }
    Iterator<EngineIoPacket> packets;
    try {
      packets = PayloadCodec.decode(response.body());
    } catch (RuntimeException e) {
      fail(CloseReason.PARSE_ERROR, String.valueOf(e.getMessage()), e);
      return;
    }
    tell(packets);
  }

  /** Tells packets until reading is stopped. An upgrade waits for all of them, so it goes on. */
  private void tell(Iterator<EngineIoPacket> packets) {
    try {
      while (packets.hasNext()) {
        synchronized (this) {
          if (!reading && paused == null) {
            unread = packets;
            return;
          }
        }
        events.packet(packets.next());
      }
    } catch (RuntimeException e) {
      fail(CloseReason.PARSE_ERROR, String.valueOf(e.getMessage()), e);
      return;
    }
    CompletableFuture<?> waiting;
    synchronized (this) {
      polling = false;
      waiting = paused;
    }
    if (waiting != null) {
      waiting.complete(null);
    } else {
      poll();
    }
  }

  @Override
  public CompletableFuture<?> send(List<EngineIoPacket> packets) {
    ByteBuffer payload = PayloadCodec.encode(packets);
    CompletableFuture<HttpResponse<ByteBuffer>> response;
    try {
      response =
          send(
              request()
                  .header("Content-Type", "text/plain;charset=UTF-8")
                  .POST(
                      BodyPublishers.ofByteArray(
                          payload.array(), payload.position(), payload.limit()))
                  .build());
    } catch (RuntimeException e) {
      fail(CloseReason.TRANSPORT_ERROR, Faults.text(e), e);
      return CompletableFuture.failedFuture(e);
    }
    synchronized (this) {
      post = response;
    }
    return response
        .thenAccept(
            answer -> {
              if (failed("POST", answer, null)) {
                throw new CompletionException(new IllegalStateException("POST: failed"));
              }
            })
        .whenComplete((done, failure) -> failed("POST", null, failure));
  }

  @Override
  public CompletableFuture<?> close() {
    synchronized (this) {
      ended = true;
    }
    return send(List.of(new EngineIoPacket.Close())).whenComplete((done, failure) -> abort());
  }

  @Override
  public void abort() {
    CompletableFuture<?> pending;
    CompletableFuture<?> sending;
    synchronized (this) {
      ended = true;
      pending = poll;
      sending = post;
    }
    if (pending != null) {
      pending.cancel(true);
    }
    if (sending != null) {
      sending.cancel(true);
    }
  }

  private HttpRequest.Builder request() {
    HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.request(name(), sid));
    endpoint.addHeaders(request::setHeader);
    return request;
  }

  private CompletableFuture<HttpResponse<ByteBuffer>> send(HttpRequest request) {
    return http.sendAsync(request, response -> new BoundedBody(endpoint.maxPayloadBytes()));
  }

  /** Ends the transport unless the response has status 200. Returns whether it has not. */
  private boolean failed(
      String method, @Nullable HttpResponse<ByteBuffer> response, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = Faults.cause(failure);
      boolean tooLong = cause instanceof BoundedBody.TooLongException;
      fail(
          tooLong ? CloseReason.PARSE_ERROR : CloseReason.TRANSPORT_ERROR,
          method + " " + endpoint.uri() + ": " + Faults.text(cause),
          cause);
      return true;
    }
    if (response == null) {
      return false;
    }
    endpoint.keepCookies(response.headers());
    if (response.statusCode() == 200) {
      return false;
    }
    fail(CloseReason.TRANSPORT_ERROR, status(method, response), null);
    return true;
  }

  private String status(String method, HttpResponse<ByteBuffer> response) {
    String body = StandardCharsets.UTF_8.decode(response.body()).toString().strip();
    Optional<String> location = response.headers().firstValue("Location");
    return method
        + " "
        + endpoint.uri()
        + ": status "
        + response.statusCode()
        + location.map(to -> " to " + to + ", which is not followed").orElse("")
        + (body.isEmpty() ? "" : " " + body.substring(0, Math.min(body.length(), LONGEST_FAULT)))
        + " (expected: 200)";
  }

  private void fail(CloseReason reason, String detail, @Nullable Throwable cause) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    events.closed(reason, detail, cause);
  }
}
