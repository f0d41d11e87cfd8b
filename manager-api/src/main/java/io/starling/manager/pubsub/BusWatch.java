package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Listens to what hosts and emitters send to all hosts, for people who look for a fault. A watch
 * sends nothing: no host knows of it, no host counts it as a host, and nothing is repaired for it.
 * A broker that counts the receivers of a message counts the watch, though.
 *
 * <p>Safe for any thread. Only {@link #close()} blocks.
 */
public final class BusWatch implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** Of so many origins it is remembered which frames came. */
  private static final int ORIGINS = 1_000;

  private final PubSubBackend backend;
  private final PubSubSettings settings;
  private final Listener listener;

  /** Hears what the watch sees. The broker's threads call it; its methods must not block. */
  public interface Listener {
    /**
     * A message to all hosts. The messages of one origin come in the order of their sending, except
     * after a fault: an origin sends frames again that the broker did not confirm, and those that
     * were missing then come after later ones. What came already does not come again.
     */
    void message(BusMessage message);

    /** A frame or a message was not understood; hosts drop it, too. */
    void malformed(String reason);

    /** An attempt to connect or to subscribe failed. The watch goes on trying. */
    default void connectFailed(Throwable cause) {}

    /** The connection was lost. The watch tries to open another one. */
    void connectionLost(Throwable cause);

    /**
     * The connection is open again. What was sent meanwhile is not shown. With {@code keep-trying}
     * this is also called for the first connection.
     */
    void connectionRestored();
  }

  private BusWatch(PubSubBackend backend, PubSubSettings settings, Listener listener) {
    this.backend = backend;
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Makes a watch. Nothing is connected yet.
   *
   * @param backend a back end that is not started and not used by anyone else
   */
  public static BusWatch create(PubSubBackend backend, PubSubSettings settings, Listener listener) {
    return new BusWatch(backend, settings, listener);
  }

  /**
   * Makes a watch from a broker URL. Nothing is connected yet.
   *
   * @throws IllegalArgumentException when the URL is not valid; the message lists every fault
   */
  public static BusWatch create(String url, Listener listener) {
    BackendLookup.Chosen chosen = BackendLookup.create(url, "watch");
    return create(chosen.backend(), chosen.settings(), listener);
  }

  /**
   * Connects and subscribes. Call this once.
   *
   * @return completes when every later message will be heard. Fails with a {@link ManagerException}
   *     that names the broker without credentials
   */
  public CompletionStage<Void> start() {
    return backend
        .start(EnumSet.of(Direction.SUBSCRIBE), settings, new Ear())
        .thenCompose(connected -> backend.subscribe(settings.allChannel()));
  }

  /** Ends the subscription and closes the connection. Blocks until that is done. Idempotent. */
  @Override
  public void close() {
    backend.close(CLOSING);
  }

  /** Hears the back end, and leaves out what an origin sends again. */
  private final class Ear implements PubSubBackend.Listener, BusDecoder.Faults {
    private final BusDecoder decoder = new BusDecoder(FrameSeal.of(settings.secrets()), this);

    /** The last frames of the origins that were heard last. Guarded by this. */
    private final Map<HostId, Queue<Header>> last =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<HostId, Queue<Header>> eldest) {
            return size() > ORIGINS;
          }
        };

    @Override
    public void frame(String channel, ByteBuffer bytes) {
      // The listener keeps parts of the frame, and the broker's buffer is reused after the call.
      ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
      decoder.frame(
          channel,
          copy,
          frame -> {
            Header header = frame.header();
            if (isNew(header)) {
              decoder.messages(
                  header,
                  FrameCodec.split(frame),
                  (index, message) -> listener.message(BusMessage.of(header, index, message)));
            }
          });
    }

    /**
     * Whether this is not one of the frames that its origin may have in flight and send again.
     * Twice as many are remembered, because those that were missing push out others.
     */
    private synchronized boolean isNew(Header header) {
      Queue<Header> frames = last.computeIfAbsent(header.origin(), made -> new ArrayDeque<>());
      if (frames.contains(header)) {
        return false;
      }
      if (frames.size() == 2 * SendWindow.MAX_FRAMES_IN_FLIGHT) {
        frames.remove();
      }
      return frames.add(header);
    }

    @Override
    public void frameRejected(String channel, String reason) {
      listener.malformed(reason);
    }

    @Override
    public void messageSkipped(HostId origin, String reason) {
      listener.malformed(reason);
    }

    @Override
    public void attemptFailed(Direction direction, Throwable cause) {
      listener.connectFailed(cause);
    }

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {
      listener.connectionLost(
          cause != null ? cause : new ManagerException("broker: connection lost"));
    }

    @Override
    public void connectionRestored(Direction direction) {
      listener.connectionRestored();
    }
  }
}
