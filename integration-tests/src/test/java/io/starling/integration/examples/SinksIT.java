package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.emitter.Emitter;
import io.starling.examples.sink.EmitterItemWriter;
import io.starling.examples.sink.KafkaSink;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.JavaClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.ResourcelessJobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.support.ListItemReader;

/** The examples of an emitter at the end of a pipeline. */
final class SinksIT {
  private static final int MANY = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestBroker kafka;

  @BeforeAll
  static void start() {
    kafka = TestBroker.kafka();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void everyRecordOfATopicReachesTheRoomThatItsKeyNamesInOrder() throws Exception {
    try (ExampleServers servers = ExampleServers.of(server -> {});
        Emitter emitter = Emitter.create(servers.manager())) {
      JavaClient reader = reader(servers);
      TopicPartition topic = topicWithRecords();

      try (Consumer<String, String> consumer = consumer(topic.topic())) {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        KafkaSink.run(
            consumer,
            emitter,
            () -> committed(consumer, topic) < MANY && System.nanoTime() < endNanos);
      }

      assertThat(reader.awaitEvents("record", MANY))
          .extracting(arguments -> arguments.get(0))
          .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "record " + i).toList());
    }
  }

  @Test
  void offsetsOfRecordsThatWereNotAcceptedAreNotCommitted() throws Exception {
    try (ExampleServers servers = ExampleServers.of(server -> {})) {
      TopicPartition topic = topicWithRecords();
      Emitter closed = Emitter.create(servers.manager());
      closed.close();

      try (Consumer<String, String> consumer = consumer(topic.topic())) {
        assertThatThrownBy(() -> KafkaSink.run(consumer, closed, () -> true))
            .isInstanceOf(CompletionException.class)
            .hasMessageContaining("closed");

        assertThat(committed(consumer, topic)).isZero();
      }
    }
  }

  @Test
  void theItemsOfASpringBatchStepReachTheRoomInOrder() throws Exception {
    try (ExampleServers servers = ExampleServers.of(server -> {});
        Emitter emitter = Emitter.create(servers.manager())) {
      JavaClient reader = reader(servers);

      assertThat(run(emitter).getStatus()).isEqualTo(BatchStatus.COMPLETED);

      assertThat(reader.awaitEvents("item", MANY))
          .extracting(arguments -> arguments.get(0))
          .isEqualTo(items());
    }
  }

  @Test
  void aSpringBatchStepWhoseItemsAreNotAcceptedFails() throws Exception {
    try (ExampleServers servers = ExampleServers.of(server -> {})) {
      Emitter closed = Emitter.create(servers.manager());
      closed.close();

      assertThat(run(closed).getStatus()).isEqualTo(BatchStatus.FAILED);
    }
  }

  private static JobExecution run(Emitter emitter) throws Exception {
    JobRepository repository = new ResourcelessJobRepository();
    Step step =
        new StepBuilder("emit", repository)
            .<Integer, Integer>chunk(100)
            .reader(new ListItemReader<>(items()))
            .writer(new EmitterItemWriter<>(emitter, "news", "item"))
            .build();
    Job job = new JobBuilder("prices", repository).start(step).build();
    TaskExecutorJobOperator operator = new TaskExecutorJobOperator();
    operator.setJobRepository(repository);
    operator.setJobRegistry(new MapJobRegistry());
    operator.afterPropertiesSet();
    return operator.start(job, new JobParameters());
  }

  private static List<Integer> items() {
    return IntStream.range(0, MANY).boxed().toList();
  }

  private static JavaClient reader(ExampleServers servers) {
    JavaClient reader = servers.connect(1, "/", Map.of());
    servers.server(1).root().sockets().forEach(socket -> socket.join("news"));
    return reader;
  }

  private static TopicPartition topicWithRecords() throws ExecutionException, InterruptedException {
    String topic = "records-" + UUID.randomUUID();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
      admin.createTopics(Set.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
    try (Producer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < MANY; i++) {
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(topic, "news", "record " + i));
      }
    }
    return new TopicPartition(topic, 0);
  }

  private static Consumer<String, String> consumer(String topic) {
    Consumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                brokers(),
                "group.id",
                topic,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false"),
            new StringDeserializer(),
            new StringDeserializer());
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  private static long committed(Consumer<String, String> consumer, TopicPartition topic) {
    OffsetAndMetadata offset = consumer.committed(Set.of(topic)).get(topic);
    return offset == null ? 0 : offset.offset();
  }

  private static String brokers() {
    return kafka.url().replaceFirst("kafka://([^/?]*).*", "$1");
  }
}
