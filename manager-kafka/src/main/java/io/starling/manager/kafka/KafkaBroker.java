package io.starling.manager.kafka;

import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.NamedThreads;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The brokers of one started back end: what the links open and close, and the consumer, which
 * outlives its connections.
 *
 * <p>Kafka's clients reconnect by themselves and do not report lost connections. Therefore the
 * connection that a link opens and checks has a {@link KafkaProbe}: an admin client that asks
 * whether the brokers and the topic exist. One Kafka consumer lives from the first connection to
 * the close, because a new one would not know the position of the last.
 */
final class KafkaBroker implements Broker {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaBroker.class);

  private final Clients clients;
  private final KafkaTopic topic;
  private final Listener listener;

  /**
   * A random number that selects the partition when this process begins to use a topic. All frames
   * of this origin go to the same partition, so that they keep their order.
   */
  private final int choice = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);

  /** The admin clients of connections that are being opened. Any thread may change this set. */
  private final Set<Admin> opening = ConcurrentHashMap.newKeySet();

  /** The newest reading loop, which {@link #cancel} wakes up although it may not run yet. */
  private volatile @Nullable ConsumerLoop beginning;

  private final AtomicBoolean topicSeen = new AtomicBoolean();
  private volatile boolean closed;

  // Only the thread of the subscribing link uses the two fields below, until the link has ended.
  // They are the loop that reads, and the id of the topic that it reads.
  private @Nullable ConsumerLoop reader;
  private @Nullable Uuid topicRead;

  // Only the thread of the publishing link uses the two fields below: the partition that the frames
  // go to, and the id of its topic.
  private int partition;
  private @Nullable Uuid topicWritten;

  KafkaBroker(Clients clients, KafkaTopic topic, Listener listener) {
    this.clients = clients;
    this.topic = topic;
    this.listener = listener;
  }

  @Override
  public BrokerAddress address() {
    return topic.address();
  }

  @Override
  public Opening<KafkaPublishing> publishing() {
    return link -> open(link, probe -> publishing(probe, link));
  }

  @Override
  public Opening<KafkaSubscriptions> subscribing() {
    return link -> open(link, probe -> new KafkaSubscriptions(probe, reader(probe, link)));
  }

  /** Makes a connection as soon as the topic exists. */
  private <C> CompletionStage<C> open(Executor link, Function<KafkaProbe, C> make) {
    Admin admin = clients.admin();
    opening.add(admin);
    if (closed) {
      admin.close(Duration.ZERO);
    }
    return topic
        .use(
            admin,
            topicSeen.get(),
            link,
            found -> {
              if (!topicSeen.getAndSet(true)) {
                topic.warnOfOneReplica(admin, found);
              }
              return make.apply(new KafkaProbe(admin, topic, found, clients.checkInterval()));
            })
        .whenComplete(
            (made, error) -> {
              opening.remove(admin);
              if (error != null) {
                admin.close(Duration.ZERO);
              }
            });
  }

  private KafkaPublishing publishing(KafkaProbe probe, Reconnecting<KafkaPublishing> link) {
    Producer<byte[], byte[]> made = clients.producer();
    try {
      // This fetches the metadata of the topic now, so that the first frame need not wait for them.
      int partitions = made.partitionsFor(topic.name()).size();
      return new KafkaPublishing(probe, made, partition(probe, partitions), link);
    } catch (RuntimeException e) {
      made.close(Duration.ZERO);
      throw e;
    }
  }

  /**
   * Returns the partition that the frames go to. It stays the same as long as the topic does, also
   * when an operator adds partitions. In another partition the next frames could be read before the
   * last ones of the old partition.
   *
   * @param known how many partitions the producer knows
   * @throws TimeoutException when that is too few or too many, because the broker that it asked has
   *     not heard yet of a change
   */
  private int partition(KafkaProbe probe, int known) {
    boolean same = probe.topicId().equals(topicWritten);
    if (same ? partition >= known : known != probe.partitions()) {
      throw new TimeoutException("topic " + topic.name() + ": its partitions are not known yet");
    }
    if (!same) {
      topicWritten = probe.topicId();
      partition = choice % known;
    }
    return partition;
  }

  /** Returns the loop that reads the topic, which starts with the first connection. */
  private ConsumerLoop reader(KafkaProbe probe, Reconnecting<KafkaSubscriptions> link) {
    ConsumerLoop loop = reader;
    if (loop == null) {
      loop = read(new ConsumerLoop(clients.consumer(), topic.name(), listener, link::reconnect));
      reader = loop;
    } else if (!probe.topicId().equals(topicRead)) {
      LOG.warn("Topic {} is another one than before, reading it from its start", topic.name());
      loop.startOver(probe.partitions());
    } else {
      loop.goOn();
    }
    topicRead = probe.topicId();
    return loop;
  }

  private ConsumerLoop read(ConsumerLoop loop) {
    beginning = loop;
    if (closed) {
      loop.wakeUp();
    }
    try {
      loop.begin();
    } catch (RuntimeException e) {
      loop.abandon();
      throw e;
    }
    ExecutorService thread =
        Executors.newSingleThreadExecutor(new NamedThreads(clients.threads() + "-consumer"));
    thread.execute(loop);
    thread.shutdown();
    return loop;
  }

  /** Without this, a connection that is being opened would wait for the brokers. */
  @Override
  public void cancel() {
    closed = true;
    opening.forEach(admin -> admin.close(Duration.ZERO));
    ConsumerLoop loop = beginning;
    if (loop != null) {
      loop.wakeUp();
    }
  }

  /** Closes the consumer. */
  @Override
  public CompletionStage<?> end() {
    ConsumerLoop last = reader;
    if (last != null) {
      last.close(KafkaPublishing.CLOSE);
    }
    return CompletableFuture.completedStage(null);
  }
}
