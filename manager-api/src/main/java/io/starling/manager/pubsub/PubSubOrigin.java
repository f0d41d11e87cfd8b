package io.starling.manager.pubsub;

import io.starling.manager.HostId;

/**
 * What a publisher is on the bus: its id, and the number of the last message that was sent under
 * this id. Receivers drop every message whose number they have delivered already. So a process that
 * was interrupted can go on under the id that it had: it repeats its messages with the numbers that
 * they had, and no client receives a message twice.
 *
 * <p>Receivers remember an id for 10 minutes after its last message. Under one id and number there
 * must only ever be one message, and at any time only one process may use an id.
 *
 * @param id names the origin of every frame
 * @param lastNumber the next message gets the number after this one; 0 for an id that was never
 *     used
 */
public record PubSubOrigin(HostId id, long lastNumber) {
  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException when the number is negative
   */
  public PubSubOrigin {
    if (lastNumber < 0) {
      throw new IllegalArgumentException("lastNumber: " + lastNumber + " (expected: at least 0)");
    }
  }

  /** Returns an origin with a new random id. Every process without a history uses one. */
  public static PubSubOrigin random() {
    return new PubSubOrigin(HostId.random(), 0);
  }
}
