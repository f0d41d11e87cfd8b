package io.starling.integration.managers;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.contract.PubSubBackendContract;
import io.starling.manager.amqp.AmqpBackendProvider;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class AmqpBackendContractIT extends PubSubBackendContract {
  private static TestBroker broker;

  @BeforeAll
  static void open() {
    broker = TestBroker.amqp();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Override
  protected PubSubBackend createBackend() {
    return new AmqpBackendProvider().create(BackendUrl.parse(broker.url()), "contract");
  }
}
