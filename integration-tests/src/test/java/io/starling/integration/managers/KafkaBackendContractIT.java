package io.starling.integration.managers;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.contract.PubSubBackendContract;
import io.starling.manager.kafka.KafkaBackendProvider;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class KafkaBackendContractIT extends PubSubBackendContract {
  private static TestBroker broker;

  @BeforeAll
  static void open() {
    broker = TestBroker.kafka();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Override
  protected PubSubBackend createBackend() {
    return new KafkaBackendProvider().create(BackendUrl.parse(broker.url()), "contract");
  }
}
