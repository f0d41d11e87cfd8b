package io.starling.client.engineio;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects the body of an HTTP response, up to a bound. A longer body fails and is not read on. */
final class BoundedBody implements BodySubscriber<ByteBuffer> {
  private final int maxBytes;
  private final CompletableFuture<ByteBuffer> body = new CompletableFuture<>();
  private final List<ByteBuffer> parts = new ArrayList<>();
  private int bytes;
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
      if (part.remaining() > maxBytes - bytes) {
        parts.clear();
        bytes = maxBytes;
        if (subscription != null) {
          subscription.cancel();
        }
        body.completeExceptionally(new TooLongException(maxBytes));
        return;
      }
      bytes += part.remaining();
      parts.add(part);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (parts.size() == 1) {
      body.complete(parts.get(0));
      return;
    }
    ByteBuffer whole = ByteBuffer.allocate(bytes);
    parts.forEach(whole::put);
    body.complete(whole.flip());
  }

  /** The server sent more than the client accepts. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLongException(int maxBytes) {
      super("message: longer (expected: at most " + maxBytes + " bytes, see maxPayloadBytes)");
    }
  }
}
