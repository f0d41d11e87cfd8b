package io.starling.integration.outage;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.PubSubSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A back end with the channels of a test's own, and everything that it says, a line each. */
final class BackendProbe implements PubSubBackend.Listener, AutoCloseable {
  private final PubSubBackend backend;
  private final String name = "probe" + HostId.random().value().substring(0, 8);
  private final PubSubSettings settings;
  private final List<String> told = new CopyOnWriteArrayList<>();

  BackendProbe(String url) {
    this(url, PubSubSettings.DEFAULTS.withPrefix(HostId.random().value()));
  }

  BackendProbe(String url, PubSubSettings settings) {
    this.settings = settings;
    BackendUrl parsed = BackendUrl.parse(url);
    this.backend =
        ServiceLoader.load(PubSubBackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.schemes().contains(parsed.scheme()))
            .findFirst()
            .orElseThrow()
            .create(parsed, name);
  }

  /** A process of its own that is connected to the URL given, until its input ends. */
  public static void main(String[] arguments) throws IOException {
    try (BackendProbe probe = new BackendProbe(arguments[0])) {
      probe.start().toCompletableFuture().join();
      System.out.println("connected");
      int end = System.in.read();
      System.out.println("input ended: " + end);
    }
  }

  CompletionStage<Void> start() {
    return backend.start(EnumSet.allOf(Direction.class), settings, this);
  }

  PubSubBackend backend() {
    return backend;
  }

  String prefix() {
    return settings.prefix();
  }

  String channel() {
    return settings.prefix() + ":all";
  }

  CompletionStage<Integer> publish(String text) {
    return backend.publish(channel(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** {@code frame text}, {@code lost DIRECTION reason}, {@code failed …}, {@code restored …}. */
  List<String> told() {
    return told;
  }

  /** The first of the lines that begin so; null when there is none. */
  @Nullable String told(String start) {
    return told.stream().filter(line -> line.startsWith(start)).findFirst().orElse(null);
  }

  List<String> frames() {
    return told.stream()
        .filter(line -> line.startsWith("frame "))
        .map(line -> line.substring("frame ".length()))
        .toList();
  }

  /** The threads of this back end. */
  List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(thread -> thread.contains("starling-" + name))
        .toList();
  }

  @Override
  public void frame(String channel, ByteBuffer frame) {
    told.add("frame " + StandardCharsets.UTF_8.decode(frame));
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    told.add("lost " + direction + " " + (cause == null ? "" : cause.getMessage()));
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    told.add("failed " + direction + " " + cause.getMessage());
  }

  @Override
  public void connectionRestored(Direction direction) {
    told.add("restored " + direction);
  }

  @Override
  public void close() {
    backend.close(Duration.ofSeconds(5));
  }
}
