package io.starling.manager;

import java.time.Duration;

/**
 * The counters of a manager or emitter since it was created, and its current state. A message is an
 * operation or a message of the bus protocol itself, such as a heartbeat. A frame is one broker
 * message, which holds one or more messages. Counters never decrease.
 *
 * @param published messages that the broker confirmed
 * @param publishedFrames frames that the broker confirmed
 * @param publishedBytes the total size of these frames
 * @param publishTime the sum, over these frames, of the time from sending to confirmation
 * @param publishFailures messages that were accepted into the outbox and then failed
 * @param received messages of other hosts and of emitters; a repeated message counts once
 * @param rejectedFrames frames that were dropped without decoding their messages
 * @param skippedMessages messages that could not be decoded, or arrived too late to be answered
 * @param duplicates frames that arrived a second time and were dropped
 * @param missing messages of others that were lost
 * @param repaired messages of others that were missed at first and arrived on request
 * @param refused operations that were refused, because the outbox was full or because too many
 *     stages waited for an executor of the application
 * @param unreceived operations that the broker confirmed but passed to no subscriber; 0 for a
 *     broker that does not report the number of subscribers
 * @param outboxBytes bytes of messages that are queued or not yet confirmed
 * @param oldestOperation how long the oldest of these messages has waited
 * @param heldBytes bytes of frames that wait because an earlier frame of their sender is missing
 * @param ownFrameAge how long ago this host last received a frame of its own back from the broker;
 *     zero for an emitter
 * @param receptionPaused whether this host has stopped reading from the broker, because its event
 *     loops are behind
 * @param pendingRequests requests for acknowledgements and queries that wait for answers
 * @param hosts how many hosts are alive, this one included; 0 for an emitter
 * @param state the state of the connection to the broker
 */
public record ManagerStatistics(
    long published,
    long publishedFrames,
    long publishedBytes,
    Duration publishTime,
    long publishFailures,
    long received,
    long rejectedFrames,
    long skippedMessages,
    long duplicates,
    long missing,
    long repaired,
    long refused,
    long unreceived,
    long outboxBytes,
    Duration oldestOperation,
    long heldBytes,
    Duration ownFrameAge,
    boolean receptionPaused,
    int pendingRequests,
    int hosts,
    BackendState state) {
  /** Returns the statistics of a manager that has used no broker. */
  public static ManagerStatistics alone(BackendState state) {
    return new ManagerStatistics(
        0,
        0,
        0,
        Duration.ZERO,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        Duration.ZERO,
        0,
        Duration.ZERO,
        false,
        0,
        1,
        state);
  }
}
