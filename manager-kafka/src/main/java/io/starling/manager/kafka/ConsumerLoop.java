package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of the topic on a thread of its own. It starts at the end of each partition.
 * It uses no consumer group, so every host receives every record. After an outage it goes on at its
 * last position. When the topic was deleted and created again, it reads the new topic from the
 * start. The header of a record names the bus channel, and records of channels that nobody
 * subscribed to are skipped.
 *
 * <p>Only the thread of the loop uses the fields that are not final or volatile. {@link #begin} may
 * use them because it runs before that thread starts.
 */
final class ConsumerLoop implements Runnable {
  /** The record header that names the bus channel of a frame. */
  static final String CHANNEL = "channel";

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long PARTITIONS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final Listener listener;
  private final java.util.function.Consumer<Throwable> positionLost;

  /** The channels whose frames are wanted. Any thread may change this set. */
  private final Set<String> channels = ConcurrentHashMap.newKeySet();

  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** The records delivered lately, by partition. */
  private final Map<Integer, Delivered> delivered = new HashMap<>();

  /**
   * The partitions that are not read for now: their last position is behind their end, and the
   * brokers were not asked yet whether the topic is still the same one.
   */
  private final Set<TopicPartition> unsure = new HashSet<>();

  /**
   * How many partitions the topic has that the next turn of the loop reads from its start; 0 while
   * the topic is the same.
   */
  private volatile int startOver;

  /**
   * How many partitions the topic has that was created again, until the consumer knows so many; 0
   * after that. In between the consumer may still know the partitions of the old topic.
   */
  private int awaitedPartitions;

  /** Whether the brokers have named the same topic since the last position was lost. */
  private volatile boolean sameTopic;

  /** Whether the loop should fetch no more records. */
  private volatile boolean paused;

  /** Whether the consumer is paused at present. */
  private boolean pausedNow;

  /**
   * Whether the last turn of the loop failed, so that an error that persists is logged only once.
   */
  private boolean faulty;

  private long partitionsCheckedNanos;

  /**
   * Makes a loop that does not run yet.
   *
   * @param listener receives the frames, on the thread of the loop
   * @param positionLost called with the error when the brokers do not have the records at the
   *     position of the loop. It must ask for the identity of the topic and then call {@link
   *     #startOver} or {@link #goOn}. It is called once more each second until then.
   */
  ConsumerLoop(
      Consumer<byte[], byte[]> consumer,
      String topic,
      Listener listener,
      java.util.function.Consumer<Throwable> positionLost) {
    this.consumer = consumer;
    this.topic = topic;
    this.listener = listener;
    this.positionLost = positionLost;
  }

  Set<String> channels() {
    return channels;
  }

  /** Pauses or resumes the fetching of records. Any thread. */
  void pause(boolean pause) {
    paused = pause;
  }

  /**
   * Moves to the end of each partition. Call it before the loop runs; blocks until the brokers have
   * answered.
   *
   * @throws TimeoutException when the client does not know the topic yet
   */
  void begin() {
    List<TopicPartition> all = partitions();
    if (all.isEmpty()) {
      throw new TimeoutException("topic " + topic + " not there yet");
    }
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    partitionsCheckedNanos = System.nanoTime();
  }

  /** Makes {@link #begin} fail, or the present poll return, at once. Any thread. */
  void wakeUp() {
    consumer.wakeup();
  }

  /** Closes the consumer of a loop that never ran. */
  void abandon() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  /**
   * Says that the topic was deleted and created again: the loop will read the new topic from its
   * start. Any thread.
   *
   * @param partitions how many partitions the new topic has, at least 1
   */
  void startOver(int partitions) {
    startOver = partitions;
  }

  /** Says that the topic is the same one as before. Any thread. */
  void goOn() {
    sameTopic = true;
  }

  /**
   * Ends the loop, which closes the consumer. Blocks until that is done.
   *
   * @param timeout after this time a warning is logged and the method returns
   */
  void close(Duration timeout) {
    closed.countDown();
    wakeUp();
    try {
      if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Topic {}: its reader does not end within {} ms", topic, timeout.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    try {
      while (closed.getCount() > 0) {
        turn();
      }
    } finally {
      try {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
      } catch (KafkaException e) {
        LOG.debug("Topic {}: closing", topic, e);
      }
      ended.countDown();
    }
  }

  private void turn() {
    try {
      int again = startOver;
      if (again > 0 || sameTopic) {
        unsure.clear();
        consumer.resume(consumer.assignment());
        pausedNow = false;
        sameTopic = false;
      }
      applyPause();
      if (again > 0) {
        awaitedPartitions = again;
      }
      if (again > 0 || System.nanoTime() - partitionsCheckedNanos > PARTITIONS_NANOS) {
        partitionsCheckedNanos = System.nanoTime();
        readNewPartitions();
        if (!unsure.isEmpty()) {
          positionLost.accept(new IllegalStateException("the position in " + unsure + " is gone"));
        }
      }
      if (again > 0) {
        fromTheStart(consumer.assignment());
        startOver = 0;
      }
      poll();
      faulty = false;
    } catch (WakeupException | InterruptException e) {
      LOG.debug("Topic {}: woken up", topic);
    } catch (RetriableException e) {
      LOG.debug("Topic {}: trying again", topic, e);
      rest();
    } catch (Throwable e) {
      if (!faulty) {
        LOG.warn("Topic {}: cannot be read now", topic, e);
      }
      faulty = true;
      rest();
    }
  }

  private void poll() {
    try {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        deliver(each);
      }
    } catch (OffsetOutOfRangeException e) {
      skipWhatIsGone(e);
    }
  }

  /**
   * Waits for 200 ms, so that an error that persists does not make a busy loop. A close ends the
   * wait.
   */
  private void rest() {
    try {
      boolean closing = closed.await(200, TimeUnit.MILLISECONDS);
      LOG.debug("Topic {}: closing {}", topic, closing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(ConsumerRecord<byte[], byte[]> read) {
    Header channel = read.headers().lastHeader(CHANNEL);
    byte @Nullable [] frame = read.value();
    if (channel == null || frame == null) {
      return;
    }
    String name = new String(channel.value(), StandardCharsets.UTF_8);
    if (delivered.computeIfAbsent(read.partition(), partition -> new Delivered()).isNew(read)
        && channels.contains(name)) {
      listener.frame(name, ByteBuffer.wrap(frame));
    }
  }

  /**
   * Moves to the next record after the records at the last position are gone. The manager
   * recognizes missing frames by their numbers.
   *
   * <p>Records that were older than the retention time are gone at the start of a partition, so the
   * loop goes on at the earliest record. When a broker without the newest records became the
   * leader, they are gone at the end. Then the loop goes on at the first record that differs. It
   * must not read older records again: the manager no longer knows origins that have been silent
   * for long, and would deliver their messages twice.
   *
   * <p>A topic that was deleted and created again looks the same, but must be read from its start:
   * an emitter does not repeat the frames that were skipped, even if they are read later. So the
   * partition is paused until the brokers have said which of the two it is.
   */
  private void skipWhatIsGone(OffsetOutOfRangeException gone) {
    Map<TopicPartition, Long> positions = gone.offsetOutOfRangePartitions();
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(positions.keySet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet());
    sameTopic = false;
    positions.forEach(
        (partition, position) -> {
          long start = requireNonNull(starts.get(partition));
          long end = requireNonNull(ends.get(partition));
          long next = Math.max(start, Math.min(end, lastCommon(gone, partition, position)));
          LOG.warn(
              "Topic {}: the records from {} on of partition {} are gone, reading on at {}",
              topic,
              position,
              partition.partition(),
              next);
          consumer.seek(partition, next);
          if (next <= position) {
            unsure.add(partition);
            consumer.pause(List.of(partition));
          }
        });
    positionLost.accept(gone);
  }

  /** Returns the offset up to which the leader has the same records as were read; else this one. */
  private static long lastCommon(
      OffsetOutOfRangeException gone, TopicPartition partition, long position) {
    OffsetAndMetadata divergent =
        gone instanceof LogTruncationException truncated
            ? truncated.divergentOffsets().get(partition)
            : null;
    return divergent == null ? position : divergent.offset();
  }

  private void fromTheStart(Collection<TopicPartition> which) {
    for (TopicPartition each : which) {
      Delivered before = delivered.get(each.partition());
      if (before != null) {
        before.readAgain();
      }
    }
    consumer.seekToBeginning(which);
  }

  /**
   * Reads partitions that were added, from their start. A topic loses partitions only when it is
   * made again. At other times a broker that lags behind may know fewer; a partition that it does
   * not know is kept, because its position would be lost.
   */
  private void readNewPartitions() {
    List<TopicPartition> known = partitions();
    Set<TopicPartition> before = Set.copyOf(consumer.assignment());
    Set<TopicPartition> all = new HashSet<>(known);
    if (awaitedPartitions == 0) {
      all.addAll(before);
    }
    if (!known.isEmpty() && !before.equals(all)) {
      consumer.assign(all);
      fromTheStart(all.stream().filter(each -> !before.contains(each)).toList());
      unsure.retainAll(all);
      pausedNow = false;
      applyPause();
    }
    if (known.size() == awaitedPartitions) {
      awaitedPartitions = 0;
    }
  }

  private List<TopicPartition> partitions() {
    List<PartitionInfo> known = consumer.partitionsFor(topic);
    return known == null
        ? List.of()
        : known.stream()
            .map((PartitionInfo each) -> new TopicPartition(topic, each.partition()))
            .toList();
  }

  private void applyPause() {
    boolean pause = paused;
    if (pause != pausedNow) {
      pausedNow = pause;
      if (pausedNow) {
        consumer.pause(consumer.assignment());
      } else {
        consumer.resume(consumer.assignment());
        consumer.pause(unsure);
      }
    }
  }

  /**
   * Remembers the newest records of one partition, to recognize a record that was delivered before.
   * Why that is needed: when a topic is deleted and created again, Kafka's consumer goes on at its
   * old position in the new topic and does not report the change. So some records of the new topic
   * may be delivered before the loop reads that topic from its start. A record with a known offset
   * and timestamp was delivered before.
   */
  private static final class Delivered {
    /** How many records are remembered. */
    private static final int KEPT = 4_096;

    /**
     * The timestamps of the newest records. The index of a record is its offset modulo the length.
     */
    private final long[] timestamps = new long[KEPT];

    /** Records below this offset may be repetitions. */
    private long readAgainUpTo;

    /** The offset after that of the last delivered record. */
    private long next;

    /**
     * Says that the partition is read from its start. Up to the last delivered offset, the next
     * records are either repetitions or other records with the same offsets.
     */
    void readAgain() {
      readAgainUpTo = Math.max(readAgainUpTo, next);
    }

    /** Remembers a record, and tells whether it was not delivered before. */
    boolean isNew(ConsumerRecord<?, ?> read) {
      int slot = (int) (read.offset() % KEPT);
      boolean again = read.offset() < readAgainUpTo && timestamps[slot] == read.timestamp();
      timestamps[slot] = read.timestamp();
      next = read.offset() + 1;
      return !again;
    }
  }
}
