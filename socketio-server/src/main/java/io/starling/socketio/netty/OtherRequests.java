package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.socketio.http.WebHandler;
import io.starling.socketio.http.WebRequest;
import io.starling.socketio.http.WebResponse;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that are neither for an endpoint nor for a file, through the handler of the
 * application. Without such a handler they get status 404. Thread-safe.
 */
final class OtherRequests implements HttpHandler {
  private static final String TEXT = "text/plain; charset=UTF-8";
  private static final byte[] NO_BYTES = {};

  private record Served(
      WebHandler handler, Executor executor, BiConsumer<WebRequest, Throwable> failures) {}

  private final int maxBodyBytes;
  private volatile @Nullable Served served;

  OtherRequests(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * Sets the handler of the application; a later call replaces it.
   *
   * @param executor runs the handler
   * @param failures receives what the handler throws, and the failure of its stage
   */
  void serve(WebHandler handler, Executor executor, BiConsumer<WebRequest, Throwable> failures) {
    served = new Served(handler, executor, failures);
  }

  /** Whether the application has set a handler. */
  boolean areServed() {
    return served != null;
  }

  @Override
  public Body begin(HttpExchange exchange) {
    if (!areServed()) {
      notFound(exchange);
      return Body.DROPPED;
    }
    return collect(exchange, body -> answer(exchange, body));
  }

  /**
   * Collects the body of a request and then runs {@code complete} with the body. Without a handler
   * no one needs the body: it is dropped, and {@code complete} gets an empty array.
   */
  Body collect(HttpExchange exchange, Consumer<byte[]> complete) {
    if (!areServed()) {
      return Body.none(() -> complete.accept(NO_BYTES));
    } else if (exchange.contentLength() > maxBodyBytes) {
      exchange.respond(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
      return Body.DROPPED;
    }
    return new Body(maxBodyBytes, body -> complete.accept(ByteBufUtil.getBytes(body)), () -> {});
  }

  /**
   * Answers a request through the handler of the application, or with status 404 if there is no
   * handler. Any thread may call this method.
   */
  void answer(HttpExchange exchange, byte[] body) {
    Served present = served;
    if (present == null) {
      notFound(exchange);
      return;
    }
    WebRequest request = new WebRequest(exchange.method(), exchange.handshake(), body);
    try {
      present.executor().execute(() -> handle(present, request, exchange));
    } catch (Throwable e) {
      exchange.respond(HttpResponseStatus.SERVICE_UNAVAILABLE);
    }
  }

  private static void handle(Served served, WebRequest request, HttpExchange exchange) {
    try {
      served
          .handler()
          .handle(request)
          .whenComplete(
              (response, failure) -> {
                if (failure == null && response != null) {
                  respond(exchange, response);
                } else {
                  fail(served, request, exchange, cause(failure));
                }
              });
    } catch (Throwable e) {
      fail(served, request, exchange, e);
    }
  }

  private static Throwable cause(@Nullable Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return Objects.requireNonNull(failure.getCause());
    }
    return failure == null ? new NullPointerException("response: null (expected: one)") : failure;
  }

  private static void fail(
      Served served, WebRequest request, HttpExchange exchange, Throwable cause) {
    exchange.respond(HttpResponseStatus.INTERNAL_SERVER_ERROR, TEXT, "Internal server error");
    served.failures().accept(request, cause);
  }

  private static void respond(HttpExchange exchange, WebResponse response) {
    response
        .headers()
        .forEach(field -> exchange.responseHeaders().add(field.getKey(), field.getValue()));
    HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
    boolean bodiless =
        status.equals(HttpResponseStatus.NO_CONTENT)
            || status.equals(HttpResponseStatus.NOT_MODIFIED);
    ByteBuf body = bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body());
    exchange.respond(status, "", body, null);
  }

  private static void notFound(HttpExchange exchange) {
    exchange.respond(HttpResponseStatus.NOT_FOUND, TEXT, "Not found");
  }
}
