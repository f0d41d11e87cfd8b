package io.starling.integration.managers;

import io.starling.integration.broker.RedisCluster;
import io.starling.integration.contract.PubSubBackendContract;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.redis.RedisBackendProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisClusterBackendContractIT extends PubSubBackendContract {
  private static RedisCluster broker;

  @BeforeAll
  static void open() {
    broker = RedisCluster.start();
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Override
  protected PubSubBackend createBackend() {
    return new RedisBackendProvider()
        .create(BackendUrl.parse(broker.url() + parameters()), "contract");
  }

  /** What the URL has after the hosts. */
  String parameters() {
    return "";
  }
}
