package scratch;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.*;

/** The threads of one JVM for a broker: each back end hears its frames on a thread of its own. */
final class ScratchBackend implements PubSubBackend {
  private static final Set<ScratchBackend> ALL = ConcurrentHashMap.newKeySet();

  private final Set<String> channels = ConcurrentHashMap.newKeySet();
  private final PausableThread thread = new PausableThread();
  private volatile Listener listener;

  public CompletionStage<Void> start(Set<Direction> directions, PubSubSettings settings, Listener heard) {
    listener = heard;
    ALL.add(this);
    return CompletableFuture.completedStage(null);
  }

  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    if (!ALL.contains(this)) {
      return CompletableFuture.failedStage(new IllegalStateException("scratch: closed"));
    }
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    synchronized (ALL) { // one order of frames for everybody
      for (ScratchBackend each : ALL) {
        if (each.channels.contains(channel)) {
          each.thread.execute(() -> each.listener.frame(channel, ByteBuffer.wrap(bytes)));
        }
      }
    }
    return CompletableFuture.completedStage(-1);
  }

  public CompletionStage<Void> subscribe(String channel) {
    channels.add(channel);
    return CompletableFuture.completedStage(null);
  }

  public CompletionStage<Void> unsubscribe(String channel) {
    channels.remove(channel);
    return CompletableFuture.completedStage(null);
  }

  public void pause() {
    thread.gate.drainPermits();
  }

  public void resume() {
    thread.gate.release(1);
  }

  public Set<Capability> capabilities() {
    return Set.of();
  }

  public void close(Duration timeout) {
    ALL.remove(this);
    thread.shutdownNow();
  }

  /** Runs nothing while its gate has no permit. */
  private static final class PausableThread extends ThreadPoolExecutor {
    final Semaphore gate = new Semaphore(1);

    PausableThread() {
      super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DiscardPolicy());
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
      gate.acquireUninterruptibly();
      gate.release();
    }
  }
}
