package io.starling.integration.failures;

import io.starling.manager.Services;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.PubSubSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/**
 * A back end that passes everything on, and remembers which numbered emit travels under which
 * number of the bus. So a report of lost numbers can be compared with what clients did not get:
 * heartbeats have numbers, too.
 */
final class TappedBackend implements PubSubBackend {
  private static final int PREAMBLE_BYTES = 4;
  private static final int EMIT = 3;
  private static final int FIELDS_BEFORE_PAYLOAD = 6;
  private static final Pattern NUMBERED = Pattern.compile("\\[\"n\",\"([^\"]+)\",(\\d+)");

  private final PubSubBackend backend;
  private final ConcurrentNavigableMap<Long, String> labels = new ConcurrentSkipListMap<>();
  private volatile String origin = "";

  private TappedBackend(PubSubBackend backend) {
    this.backend = backend;
  }

  /**
   * A back end that is not started.
   *
   * @param name part of the names of its connections
   */
  static TappedBackend of(String url, String name) {
    BackendUrl parsed = BackendUrl.parse(url);
    return new TappedBackend(
        Services.find(PubSubBackendProvider.class).stream()
            .filter(provider -> provider.schemes().contains(parsed.scheme()))
            .findFirst()
            .orElseThrow()
            .create(parsed, name));
  }

  /** The id of this origin on the bus; empty before its first frame. */
  String origin() {
    return origin;
  }

  /** All emits so far, each as {@code busNumber=stream:number}, separated by spaces. */
  String labels() {
    return labels.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  private void remember(String channel, ByteBuffer frame) {
    if (!channel.endsWith(":all")) {
      return;
    }
    try (MessageUnpacker in =
        MessagePack.newDefaultUnpacker(
            frame.slice(PREAMBLE_BYTES, frame.remaining() - PREAMBLE_BYTES))) {
      int fields = in.unpackArrayHeader();
      origin = in.unpackString();
      in.skipValue();
      long firstSeq = in.unpackLong();
      int count = in.unpackInt();
      in.skipValue(fields - 4);
      for (int i = 0; i < count; i++) {
        labels.put(firstSeq + i, label(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String label(MessageUnpacker in) throws IOException {
    int fields = in.unpackArrayHeader();
    if (in.unpackInt() != EMIT) {
      in.skipValue(fields - 1);
      return "";
    }
    in.skipValue(FIELDS_BEFORE_PAYLOAD);
    int parts = in.unpackArrayHeader();
    in.skipValue();
    byte[] json = in.readPayload(in.unpackBinaryHeader());
    in.skipValue(parts - 2);
    in.skipValue(fields - 2 - FIELDS_BEFORE_PAYLOAD);
    Matcher matcher = NUMBERED.matcher(new String(json, StandardCharsets.UTF_8));
    return matcher.lookingAt() ? matcher.group(1) + ":" + matcher.group(2) : "";
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    return backend.start(directions, settings, listener);
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    remember(channel, frame);
    return backend.publish(channel, frame);
  }

  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    remember(channel, frame);
    return backend.publish(channel, frame, inOrder);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    return backend.subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    return backend.unsubscribe(channel);
  }

  @Override
  public void pause() {
    backend.pause();
  }

  @Override
  public void resume() {
    backend.resume();
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {
    backend.reconnect(direction, cause);
  }

  @Override
  public Set<Capability> capabilities() {
    return backend.capabilities();
  }

  @Override
  public void close(Duration timeout) {
    backend.close(timeout);
  }
}
