package io.starling.manager.pubsub;

import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
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

  private final PubSubBackend backend;
  private final PubSubSettings settings;
  private final FrameSeal seal;
  private final Listener listener;

  /** Hears what the watch sees. The broker's threads call it; its methods must not block. */
  public interface Listener {
    /**
     * A message to all hosts. The messages of one origin come in the order of their sending, but an
     * origin sends messages again that the broker did not confirm. So after a fault a message may
     * come twice, with the same number, and earlier messages may come after it.
     */
    void message(BusMessage message);

    /** A frame or a message was not understood; hosts drop it, too. */
    void malformed(String reason);

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
    this.seal = FrameSeal.of(settings.secrets());
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

  /** Decodes the frames that arrive. */
  private final class Ear implements PubSubBackend.Listener {
    @Override
    public void frame(String channel, ByteBuffer bytes) {
      // The listener keeps parts of the frame, and the broker's buffer is reused after the call.
      ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
      try {
        Frame frame = FrameCodec.decode(copy, seal);
        if (!frame.header().channel().equals(channel)) {
          throw new MalformedFrameException(
              "channel: " + frame.header().channel() + " (expected: " + channel + ")");
        }
        List<ByteBuffer> messages = FrameCodec.split(frame);
        for (int i = 0; i < messages.size(); i++) {
          message(frame, i, messages.get(i));
        }
      } catch (MalformedFrameException e) {
        listener.malformed(String.valueOf(e.getMessage()));
      }
    }

    private void message(Frame frame, int index, ByteBuffer encoded) {
      try {
        PubSubMessage decoded = MessageCodec.decode(frame.header().origin(), encoded);
        listener.message(BusMessage.of(frame.header(), index, decoded));
      } catch (MalformedFrameException | IllegalArgumentException e) {
        listener.malformed(String.valueOf(e.getMessage()));
      }
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
