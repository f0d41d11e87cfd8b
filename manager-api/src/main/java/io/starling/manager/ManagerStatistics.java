package io.starling.manager;

import java.time.Duration;

/**
 * What a manager or emitter has done since it was made, and how it stands. Counters never go down.
 *
 * @param published messages that the broker took
 * @param publishedFrames the frames that carried them
 * @param publishedBytes the size of these frames
 * @param publishTime from the sending of each frame to its confirmation, added up
 * @param publishFailures operations that were accepted and failed later
 * @param received messages of other hosts and of emitters, each once
 * @param rejectedFrames frames that were dropped unread
 * @param skippedMessages messages that could not be understood, or came too late
 * @param duplicates frames that came again
 * @param missing messages that never came
 * @param repaired messages that came when they were asked for again
 * @param refused operations that found no room in the outbox
 * @param unreceived operations that the broker took and passed to nobody, where it tells that
 * @param outboxBytes what is queued or in flight now
 * @param oldestOperation how long the oldest operation has been queued or in flight
 * @param heldBytes what others sent and waits for something before it to be repaired
 * @param ownFrameAge how long ago this host last heard a frame of its own; zero for an emitter
 * @param receptionPaused whether this host asks its broker for no more, as its event loops are
 *     behind
 * @param pendingRequests acks and queries that wait now
 * @param hosts the hosts that are alive now, this one included; 0 for an emitter
 * @param state now
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
  /** Of a manager that has no broker. */
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
