package io.starling.manager.kafka;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.ReconnectingBackend;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Brokers with one topic, of one partition at first, and the clients that talk to them. */
final class FakeKafka implements Clients {
  static final String TOPIC = "app";

  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Node NODE = new Node(1, "h", 9092);

  private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
  private final List<FakeConsumer> consumers = new CopyOnWriteArrayList<>();
  private final AtomicInteger openAdmins = new AtomicInteger();
  private volatile @Nullable Uuid topic = Uuid.randomUuid();
  private volatile @Nullable RuntimeException producerFault;
  private volatile @Nullable RuntimeException adminFault;
  private volatile boolean partitionsKnown = true;
  private volatile int partitions = 1;
  private volatile int partitionsOfProducers = 1;
  private volatile int brokers = 1;
  private volatile boolean minInSyncRefused;
  private volatile @Nullable NewTopic made;

  /**
   * Makes a back end on these brokers.
   *
   * @param create whether a missing topic is created
   */
  PubSubBackend backend(boolean create) {
    KafkaTopic used = new KafkaTopic("kafka://h:9092", TOPIC, create, 1, -1, Duration.ofHours(1));
    return new ReconnectingBackend(
        "kafka://h:9092",
        threads(),
        Set.of(),
        (settings, listener) -> new KafkaBroker(this, used, listener));
  }

  /** A topic that is deleted and made again by an operator is another one. */
  void remakeTopic() {
    topic = Uuid.randomUuid();
  }

  /** The same, with another number of partitions, of which the clients have not heard yet. */
  void remakeTopic(int count) {
    partitions = count;
    remakeTopic();
  }

  void deleteTopic() {
    topic = null;
  }

  @Nullable Uuid topic() {
    return topic;
  }

  /** Null ends it. */
  void failProducers(@Nullable RuntimeException fault) {
    producerFault = fault;
  }

  /** All questions to the brokers fail so; null ends it. */
  void failQuestions(@Nullable RuntimeException fault) {
    adminFault = fault;
  }

  /** Whether a consumer knows the partitions of the topic. */
  void knowPartitions(boolean known) {
    partitionsKnown = known;
  }

  /** An operator adds partitions. */
  void partitions(int count) {
    partitions = count;
    partitionsOfProducers = count;
    consumers.forEach(each -> each.know(count));
  }

  /** The broker that producers ask names this number of partitions. */
  void tellProducers(int count) {
    partitionsOfProducers = count;
  }

  /** How many brokers there are. */
  void brokers(int count) {
    brokers = count;
  }

  /** A policy of the brokers refuses topics that say how many replicas must be in sync. */
  void refuseMinInSync() {
    minInSyncRefused = true;
  }

  /** What the topic was made with; null while the brokers were not asked for one. */
  @Nullable NewTopic made() {
    return made;
  }

  int openAdmins() {
    return openAdmins.get();
  }

  /** All that were ever made. */
  List<MockProducer<byte[], byte[]>> producers() {
    return producers;
  }

  MockProducer<byte[], byte[]> producerNow() {
    return producers.get(producers.size() - 1);
  }

  /** All that were ever made. */
  List<FakeConsumer> consumers() {
    return consumers;
  }

  @Override
  public String threads() {
    return "starling-fake-kafka";
  }

  @Override
  public Duration checkInterval() {
    return Duration.ofMillis(20);
  }

  @Override
  public Producer<byte[], byte[]> producer() {
    RuntimeException fault = producerFault;
    if (fault != null) {
      throw fault;
    }
    Cluster cluster =
        new Cluster("c", List.of(NODE), infos(partitionsOfProducers), Set.of(), Set.of());
    MockProducer<byte[], byte[]> made =
        new MockProducer<>(
            cluster, false, null, new ByteArraySerializer(), new ByteArraySerializer());
    producers.add(made);
    return made;
  }

  private static List<PartitionInfo> infos(int count) {
    Node[] nodes = {NODE};
    return IntStream.range(0, count)
        .mapToObj(i -> new PartitionInfo(TOPIC, i, NODE, nodes, nodes))
        .toList();
  }

  @Override
  public Consumer<byte[], byte[]> consumer() {
    FakeConsumer made = new FakeConsumer();
    if (partitionsKnown) {
      made.know(partitions);
    }
    made.updateEndOffsets(Map.of(PARTITION, 3L));
    consumers.add(made);
    return made;
  }

  @Override
  public Admin admin() {
    openAdmins.incrementAndGet();
    AtomicBoolean open = new AtomicBoolean(true);
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  case "describeTopics" -> new Topics(answer(this::describe));
                  case "createTopics" ->
                      new Made(answer(() -> make((NewTopic) first(arguments[0]))));
                  case "describeCluster" -> cluster(answer(() -> List.of(NODE)));
                  case "describeConfigs" -> new Limits(first(arguments[0]));
                  case "close" -> {
                    if (open.getAndSet(false)) {
                      openAdmins.decrementAndGet();
                    }
                    yield null;
                  }
                  default -> throw new AssertionError(method);
                });
  }

  /** The library has no constructor for others than itself. */
  private static Object cluster(KafkaFuture<?> nodes) throws ReflectiveOperationException {
    Constructor<?> made = DescribeClusterResult.class.getDeclaredConstructors()[0];
    made.setAccessible(true);
    return made.newInstance(nodes, nodes, nodes, nodes);
  }

  private static Object first(Object collection) {
    return ((Collection<?>) collection).iterator().next();
  }

  /** Asks the brokers for something. */
  private interface Question<T> {
    T ask();
  }

  private <T> KafkaFuture<T> answer(Question<T> question) {
    KafkaFutureImpl<T> future = new KafkaFutureImpl<>();
    RuntimeException fault = adminFault;
    try {
      if (fault != null) {
        throw fault;
      }
      future.complete(question.ask());
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
    return future;
  }

  private TopicDescription describe() {
    Uuid id = topic;
    if (id == null) {
      throw new UnknownTopicOrPartitionException("no such topic");
    }
    List<TopicPartitionInfo> all =
        IntStream.range(0, partitions)
            .mapToObj(i -> new TopicPartitionInfo(i, NODE, List.of(NODE), List.of(NODE)))
            .toList();
    return new TopicDescription(TOPIC, false, all, Set.of(), id);
  }

  private CreateTopicsResult.TopicMetadataAndConfig make(NewTopic wanted) {
    if (wanted.replicationFactor() > brokers) {
      throw new InvalidReplicationFactorException("only " + brokers + " brokers");
    }
    if (minInSyncRefused && wanted.configs().containsKey("min.insync.replicas")) {
      throw new PolicyViolationException("min.insync.replicas is the operator's");
    }
    Uuid id = Uuid.randomUuid();
    made = wanted;
    topic = id;
    return new CreateTopicsResult.TopicMetadataAndConfig(id, 1, 1, new Config(List.of()));
  }

  private static final class Topics extends DescribeTopicsResult {
    Topics(KafkaFuture<TopicDescription> description) {
      super(null, Map.of(TOPIC, description));
    }
  }

  private static final class Made extends CreateTopicsResult {
    Made(KafkaFuture<TopicMetadataAndConfig> made) {
      super(Map.of(TOPIC, made));
    }
  }

  private static final class Limits extends DescribeConfigsResult {
    Limits(Object resource) {
      super(Map.of((ConfigResource) resource, KafkaFuture.completedFuture(new Config(List.of()))));
    }
  }

  /** Waits a little where the real one waits for records. */
  static final class FakeConsumer extends MockConsumer<byte[], byte[]> {
    FakeConsumer() {
      super("none");
    }

    /** The topic has this number of partitions, all of them from their first record on. */
    synchronized void know(int count) {
      updatePartitions(TOPIC, infos(count));
      IntStream.range(0, count)
          .mapToObj(i -> new TopicPartition(TOPIC, i))
          .forEach(
              each -> {
                updateBeginningOffsets(Map.of(each, 0L));
                updateEndOffsets(Map.of(each, 0L));
              });
    }

    /** A broker that lags behind names only this number of partitions. */
    synchronized void forget(int count) {
      updatePartitions(TOPIC, infos(count));
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // an early end of the pause does no harm
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      ConsumerRecords<byte[], byte[]> records = super.poll(Duration.ZERO);
      if (records.isEmpty()) {
        try {
          wait(5);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return records;
    }

    /** Records from one offset up to and without another, each with its number as the frame. */
    synchronized void arrive(String channel, int from, int to, String text) {
      updateEndOffsets(Map.of(PARTITION, (long) to));
      IntStream.range(from, to)
          .forEach(offset -> addRecord(record(0, channel, offset, text + offset)));
    }

    /** One record in a partition other than the first. */
    synchronized void arriveIn(int partition, String channel, long offset, String text) {
      addRecord(record(partition, channel, offset, text));
    }

    private static ConsumerRecord<byte[], byte[]> record(
        int partition, String channel, long offset, String text) {
      RecordHeaders headers = new RecordHeaders();
      headers.add(ConsumerLoop.CHANNEL, channel.getBytes(StandardCharsets.UTF_8));
      long time = 1_000_000_000_000L + text.hashCode();
      return new ConsumerRecord<>(
          TOPIC,
          partition,
          offset,
          time,
          TimestampType.CREATE_TIME,
          0,
          0,
          null,
          text.getBytes(StandardCharsets.UTF_8),
          headers,
          Optional.empty());
    }

    synchronized boolean isPaused() {
      return paused().contains(PARTITION);
    }
  }
}
