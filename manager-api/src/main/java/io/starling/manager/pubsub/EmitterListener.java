package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hears the back end of an emitter, and derives the emitter's {@link BackendState} from its
 * connections. Without an inbox an emitter has one that publishes; with an inbox it also has one
 * that subscribes, and is DEGRADED while only that one is lost or the inbox is deaf. On a host
 * {@link SelfCheck} does the same.
 */
final class EmitterListener implements PubSubBackend.Listener {
  private static final Duration TICK = Duration.ofMillis(500);

  private final BusContext context;
  private final SendWindow window;
  private final @Nullable ReplyInbox inbox;
  private final Set<Direction> directions;

  /**
   * The directions that are not connected, and the reasons, empty where no connection has failed.
   * Only the publisher thread uses this map.
   */
  private final Map<Direction, Optional<Throwable>> broken = new EnumMap<>(Direction.class);

  EmitterListener(BusContext context, SendWindow window, @Nullable ReplyInbox inbox) {
    this.context = context;
    this.window = window;
    this.inbox = inbox;
    this.directions =
        inbox == null ? EnumSet.of(Direction.PUBLISH) : EnumSet.allOf(Direction.class);
    directions.forEach(direction -> broken.put(direction, Optional.empty()));
  }

  /** The directions that the back end must connect. */
  Set<Direction> directions() {
    return directions;
  }

  /**
   * The back end has started. All directions are connected, except those that were lost before the
   * start was over. Any thread.
   */
  void connected() {
    context.thread().execute(() -> broken.values().removeIf(Optional::isEmpty));
    become();
  }

  /** Checks the inbox twice a second until the emitter is closed. Any thread. */
  void watchInbox() {
    ReplyInbox hears = inbox;
    if (hears != null && context.events().state() != BackendState.CLOSED) {
      context
          .thread()
          .schedule(
              TICK,
              () -> {
                try {
                  if (broken.isEmpty()) {
                    hears.check();
                    become();
                  }
                } finally {
                  watchInbox();
                }
              });
    }
  }

  @Override
  public void frame(String channel, ByteBuffer frame) {
    if (inbox != null) {
      inbox.frame(channel, frame);
    }
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    if (!directions.contains(direction)) {
      return;
    }
    if (direction == Direction.PUBLISH) {
      window.connectionLost();
    }
    Throwable reason =
        cause != null
            ? cause
            : new ManagerException("broker: connection lost (expected: it lasts)");
    context.thread().execute(() -> broken.put(direction, Optional.of(reason)));
    become();
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    context.events().connectFailed(cause);
  }

  @Override
  public void connectionRestored(Direction direction) {
    if (direction == Direction.PUBLISH) {
      window.connectionRestored();
    }
    context.thread().execute(() -> broken.remove(direction));
    if (direction == Direction.SUBSCRIBE && inbox != null) {
      context.thread().execute(inbox::probe);
    }
    become();
  }

  private void become() {
    context
        .thread()
        .execute(
            () -> {
              if (broken.isEmpty()) {
                Throwable deaf = inbox == null ? null : inbox.deaf();
                context
                    .events()
                    .become(deaf == null ? BackendState.UP : BackendState.DEGRADED, deaf);
                return;
              }
              boolean starting = context.events().state() == BackendState.STARTING;
              if (starting && broken.values().stream().allMatch(Optional::isEmpty)) {
                return;
              }
              BackendState state =
                  broken.containsKey(Direction.PUBLISH) ? BackendState.DOWN : BackendState.DEGRADED;
              context.events().become(state, broken.values().iterator().next().orElse(null));
            });
  }
}
