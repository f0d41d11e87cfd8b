package io.starling.manager.kafka;

import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of the topic on a thread of its own, from the end at the start and without a
 * group, so that every host hears everything. The position is kept over outages. Frames of channels
 * that nobody subscribed to are skipped by their record's header.
 */
final class ConsumerLoop implements Runnable {
  /** The record header that names the channel. */
  static final String CHANNEL = "channel";

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long PARTITIONS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final Listener listener;
  private final Set<String> channels = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean paused;
  private boolean pausedNow;
  private long partitionsCheckedNanos;

  ConsumerLoop(KafkaConsumer<byte[], byte[]> consumer, String topic, Listener listener) {
    this.consumer = consumer;
    this.topic = topic;
    this.listener = listener;
  }

  /** Finds the end of each partition, before anything runs; waits for the brokers. */
  void begin() {
    List<TopicPartition> all = partitions();
    consumer.assign(all);
    consumer.seekToEnd(all);
    all.forEach(consumer::position);
    partitionsCheckedNanos = System.nanoTime();
  }

  /** Gives up what never ran. */
  void abandon() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  void subscribe(String channel) {
    channels.add(channel);
  }

  void unsubscribe(String channel) {
    channels.remove(channel);
  }

  void pause(boolean pause) {
    paused = pause;
  }

  /** Ends the loop and closes the consumer; waits for so long. */
  void close(Duration timeout) throws InterruptedException {
    closed.countDown();
    consumer.wakeup();
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
      if (System.nanoTime() - partitionsCheckedNanos > PARTITIONS_NANOS) {
        partitionsCheckedNanos = System.nanoTime();
        readNewPartitions();
      }
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        deliver(each);
      }
    } catch (WakeupException | InterruptException e) {
      LOG.debug("Topic {}: woken up", topic);
    } catch (OffsetOutOfRangeException e) {
      skipWhatIsGone(e);
    } catch (RetriableException e) {
      LOG.debug("Topic {}: trying again", topic, e);
    } catch (KafkaException e) {
      LOG.warn("Topic {}: cannot be read now", topic, e);
      rest();
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
    if (channels.contains(name)) {
      listener.frame(name, ByteBuffer.wrap(frame));
    }
  }

  /**
   * The broker has nothing at our position any more: retention ran past it, or the topic is a new
   * one. What is still there is read; what is not shows by the numbers in the frames.
   */
  private void skipWhatIsGone(OffsetOutOfRangeException gone) {
    LOG.warn("Topic {}: position lost, reading on from the earliest record", topic, gone);
    listener.connectionLost(Direction.SUBSCRIBE, gone);
    consumer.seekToBeginning(gone.offsetOutOfRangePartitions().keySet());
    listener.connectionRestored(Direction.SUBSCRIBE);
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
    return consumer.partitionsFor(topic).stream()
        .map((PartitionInfo each) -> new TopicPartition(topic, each.partition()))
        .toList();
  }

  private void applyPause() {
    if (paused != pausedNow) {
      pausedNow = paused;
      if (pausedNow) {
        consumer.pause(consumer.assignment());
      } else {
        consumer.resume(consumer.assignment());
      }
    }
  }
}
