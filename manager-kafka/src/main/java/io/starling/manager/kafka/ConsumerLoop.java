package io.starling.manager.kafka;

import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
 * Reads all partitions of the topic on a thread of its own, from the end at the start and without a
 * group, so that every host hears everything. The position is kept over outages; when the topic was
 * made again, it is read from its start. Frames of channels that nobody subscribed to are skipped
 * by their record's header.
 */
final class ConsumerLoop implements Runnable {
  /** The record header that names the channel. */
  static final String CHANNEL = "channel";

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long PARTITIONS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final Wishes wishes;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Integer, Delivered> delivered = new HashMap<>();
  private volatile boolean startOver;
  private boolean pausedNow;

  /** Whether the last turn failed, so that a fault that stays is logged once. */
  private boolean faulty;

  private long partitionsCheckedNanos;

  /**
   * What is to be read; may change at any time.
   *
   * @param channels whose frames are wanted
   * @param positionLost told when the broker has nothing any more at the position
   */
  record Wishes(
      Set<String> channels,
      BooleanSupplier paused,
      Listener listener,
      java.util.function.Consumer<Throwable> positionLost) {}

  ConsumerLoop(Consumer<byte[], byte[]> consumer, String topic, Wishes wishes) {
    this.consumer = consumer;
    this.topic = topic;
    this.wishes = wishes;
  }

  /** Finds the end of each partition, before anything runs; waits for the brokers. */
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

  /** Makes {@link #begin} fail, or a poll end, at once. Any thread. */
  void wakeUp() {
    consumer.wakeup();
  }

  /** Gives up what never ran. */
  void abandon() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  /** The topic was made again: reads the new one from its start. Any thread. */
  void startOver() {
    startOver = true;
  }

  /** Ends the loop and closes the consumer; waits for so long. */
  void close(Duration timeout) throws InterruptedException {
    closed.countDown();
    wakeUp();
    if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("Topic {}: its reader does not end within {} ms", topic, timeout.toMillis());
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
      applyPause();
      if (startOver || System.nanoTime() - partitionsCheckedNanos > PARTITIONS_NANOS) {
        partitionsCheckedNanos = System.nanoTime();
        readNewPartitions();
      }
      if (startOver) {
        fromTheStart(consumer.assignment());
        startOver = false;
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

  /** So that an error that stays does not make a busy loop. */
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
    if (delivered.computeIfAbsent(read.partition(), Delivered::new).isNew(read)
        && wishes.channels().contains(name)) {
      wishes.listener().frame(name, ByteBuffer.wrap(frame));
    }
  }

  /**
   * The broker has nothing at our position any more: retention ran past it, or the topic is a new
   * one. The records that are still there are read; the missing ones show by the numbers in the
   * frames.
   */
  private void skipWhatIsGone(OffsetOutOfRangeException gone) {
    LOG.warn(
        "Topic {}: position lost, reading on from the earliest record: {}",
        topic,
        gone.getMessage());
    fromTheStart(gone.offsetOutOfRangePartitions().keySet());
    wishes.positionLost().accept(gone);
  }

  private void fromTheStart(Set<TopicPartition> which) {
    which.forEach(each -> delivered.computeIfAbsent(each.partition(), Delivered::new).readAgain());
    consumer.seekToBeginning(which);
  }

  private void readNewPartitions() {
    List<TopicPartition> all = partitions();
    Set<TopicPartition> before = Set.copyOf(consumer.assignment());
    if (!all.isEmpty() && !before.equals(Set.copyOf(all))) {
      consumer.assign(all);
      consumer.seekToBeginning(all.stream().filter(each -> !before.contains(each)).toList());
      pausedNow = false;
      applyPause();
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
    boolean paused = wishes.paused().getAsBoolean();
    if (paused != pausedNow) {
      pausedNow = paused;
      if (pausedNow) {
        consumer.pause(consumer.assignment());
      } else {
        consumer.resume(consumer.assignment());
      }
    }
  }

  /**
   * The records of one partition that were delivered lately. A client goes over to a new topic of
   * the same name without a word and reads on at the old position, so some records of the new topic
   * may have been delivered before it is read from its start. They are known by their time.
   */
  private static final class Delivered {
    private static final int KEPT = 4_096;

    private final long[] timestamps = new long[KEPT];
    private long readAgainUpTo;

    /** Behind the offset of the record that was delivered last. */
    private long next;

    Delivered(int partition) {
      LOG.trace("Partition {}", partition);
    }

    /** The records up to the one that was delivered last come again, or others in their place. */
    void readAgain() {
      readAgainUpTo = Math.max(readAgainUpTo, next);
    }

    boolean isNew(ConsumerRecord<?, ?> read) {
      int slot = (int) (read.offset() % KEPT);
      boolean again = read.offset() < readAgainUpTo && timestamps[slot] == read.timestamp();
      timestamps[slot] = read.timestamp();
      next = read.offset() + 1;
      return !again;
    }
  }
}
