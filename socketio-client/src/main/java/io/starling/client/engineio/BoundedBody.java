package io.starling.client.engineio;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of an HTTP response, up to a bound. A longer body fails and is not read on. The
 * parts are copied: each slice of the HTTP client costs more than the bytes of a small chunk.
 */
final class BoundedBody implements BodySubscriber<ByteBuffer> {
  private final int maxBytes;
  private final CompletableFuture<ByteBuffer> body = new CompletableFuture<>();
  private byte[] bytes = new byte[0];
  private int length;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<ByteBuffer> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> more) {
    for (ByteBuffer part : more) {
      int size = part.remaining();
      if (size > maxBytes - length) {
        bytes = new byte[0];
        length = maxBytes;
        if (subscription != null) {
          subscription.cancel();
        }
        body.completeExceptionally(new TooLongException(maxBytes));
        return;
      }
      if (size > bytes.length - length) {
        long room = Math.min(maxBytes, Math.max(length + size, 2L * bytes.length));
        bytes = Arrays.copyOf(bytes, (int) room);
      }
      part.get(bytes, length, size);
      length += size;
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(ByteBuffer.wrap(bytes, 0, length));
  }

  /** The server sent more than the client accepts. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLongException(int maxBytes) {
      super("message: longer (expected: at most " + maxBytes + " bytes, see maxPayloadBytes)");
    }
  }
}
