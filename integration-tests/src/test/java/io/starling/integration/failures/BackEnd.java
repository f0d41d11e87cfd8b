package io.starling.integration.failures;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.KafkaCluster;
import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.Ports;
import io.starling.integration.broker.RabbitMqCluster;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.broker.RedisCluster;
import io.starling.integration.broker.RedisSentinels;
import io.starling.integration.process.TcpProxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The brokers that rows run on: three single ones behind a proxy, one with users, and four
 * topologies of several nodes. The rows that only some have name them in {@link Rows}.
 */
enum BackEnd {
  REDIS {
    @Override
    Target start(String prefix) {
      EmbeddedRedis redis = EmbeddedRedis.start();
      TcpProxy proxy = TcpProxy.open(redis.port());
      return new Target(prefix, redis, proxy, "redis://127.0.0.1:" + proxy.port());
    }
  },
  RABBITMQ {
    @Override
    Target start(String prefix) {
      RabbitMqProcess rabbit = RabbitMqProcess.start();
      TcpProxy proxy = TcpProxy.open(rabbit.port());
      return new Target(prefix, rabbit, proxy, "amqp://guest:guest@127.0.0.1:" + proxy.port());
    }
  },
  KAFKA {
    @Override
    Target start(String prefix) {
      List<TcpProxy> proxies = new ArrayList<>();
      KafkaProcess kafka =
          KafkaProcess.start(
              port -> {
                proxies.add(TcpProxy.open(port));
                return proxies.get(0).port();
              });
      return new Target(prefix, kafka, proxies.get(0), kafka.url());
    }
  },
  /** A broker that hosts reach with a user and a password, and that checks the user's rights. */
  KAFKA_USERS {
    @Override
    Target start(String prefix) {
      int port = Ports.free();
      KafkaProcess kafka =
          KafkaProcess.start(
              port,
              "SASL_PLAINTEXT",
              Map.of(
                  "listener.name.second.sasl.enabled.mechanisms",
                  "PLAIN",
                  "listener.name.second.plain.sasl.jaas.config",
                  "org.apache.kafka.common.security.plain.PlainLoginModule required"
                      + " user_app=\"secret\";",
                  "authorizer.class.name",
                  "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                  "super.users",
                  "User:ANONYMOUS"));
      KafkaTopics.permit(kafka.url(), "app");
      return new Target(prefix, kafka, null, "kafka://app:secret@localhost:" + port);
    }
  },
  /** A master and a replica behind three Sentinels; the master is harmed. */
  REDIS_SENTINEL {
    @Override
    Target start(String prefix) {
      RedisSentinels redis = RedisSentinels.start();
      return Target.of(prefix, new Topology(redis, redis::master));
    }
  },
  /** Three masters; the one that carries the messages to all has a replica, and is harmed. */
  REDIS_CLUSTER {
    @Override
    Target start(String prefix) {
      RedisCluster redis = RedisCluster.start();
      redis.addReplica(redis.owner(prefix + ":all"));
      return Target.of(prefix, new Topology(redis, () -> redis.owner(prefix + ":all")));
    }
  },
  /** Three nodes; the one with most connections is harmed. */
  AMQP_CLUSTER {
    @Override
    Target start(String prefix) {
      RabbitMqCluster rabbit = RabbitMqCluster.start();
      return Target.of(prefix, new Topology(rabbit, rabbit::busiest));
    }
  },
  /** Three brokers; the leader of the topic is harmed. */
  KAFKA_CLUSTER {
    @Override
    Target start(String prefix) {
      KafkaCluster kafka = KafkaCluster.start(Map.of("auto.create.topics.enable", "true"));
      return Target.of(
          prefix, new Topology(kafka, () -> kafka.broker(KafkaTopics.leader(kafka, prefix))));
    }
  };

  /** One broker each, which is away as a whole when it is killed. */
  static final Set<BackEnd> SINGLE = EnumSet.range(REDIS, KAFKA);

  /** Several nodes, of which one is harmed. */
  static final Set<BackEnd> SEVERAL = EnumSet.range(REDIS_SENTINEL, KAFKA_CLUSTER);

  /**
   * Brokers in processes of their own, and the proxy between them and the hosts.
   *
   * @param prefix of all channels
   * @param proxy null where hosts reach the broker directly
   * @param url leads through the proxy, if there is one
   */
  record Target(String prefix, KillableBroker broker, @Nullable TcpProxy proxy, String url)
      implements AutoCloseable {
    static Target of(String prefix, Topology topology) {
      return new Target(prefix, topology, null, topology.url());
    }

    @Override
    public void close() {
      if (proxy != null) {
        proxy.close();
      }
      broker.close();
    }
  }

  /**
   * Starts a broker of its own.
   *
   * @param prefix of all channels of the hosts
   */
  abstract Target start(String prefix);

  /** As it is written on the command line and in reports. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Finds one by its word. */
  static BackEnd of(String word) {
    for (BackEnd each : values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "back-end: %s (expected: one of %s)"
            .formatted(word, Arrays.stream(values()).map(BackEnd::word).toList()));
  }
}
