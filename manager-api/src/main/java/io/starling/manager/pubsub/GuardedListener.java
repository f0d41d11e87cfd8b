package io.starling.manager.pubsub;

import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wraps the listener of a broker back end and logs everything that the listener throws, errors
 * included. Without it an exception would end a subscription, a channel or a thread of the broker's
 * client library.
 */
public final class GuardedListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  private final Listener listener;

  public GuardedListener(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void frame(String channel, ByteBuffer frame) {
    try {
      listener.frame(channel, frame);
    } catch (Throwable e) {
      threw(e);
    }
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    try {
      listener.connectionLost(direction, cause);
    } catch (Throwable e) {
      threw(e);
    }
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    try {
      listener.attemptFailed(direction, cause);
    } catch (Throwable e) {
      threw(e);
    }
  }

  @Override
  public void connectionRestored(Direction direction) {
    try {
      listener.connectionRestored(direction);
    } catch (Throwable e) {
      threw(e);
    }
  }

  private static void threw(Throwable error) {
    LOG.warn("The listener of a back end threw; the back end goes on", error);
  }
}
