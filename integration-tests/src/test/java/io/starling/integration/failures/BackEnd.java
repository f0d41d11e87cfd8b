package io.starling.integration.failures;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.KafkaProcess;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.process.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The brokers that rows run on. Another topology, such as Redis behind Sentinel, is another
 * constant here, whose broker is the one to kill and whose URL the hosts get; the rows that only it
 * has name it in {@link Rows}.
 */
enum BackEnd {
  REDIS {
    @Override
    Target start() {
      EmbeddedRedis redis = EmbeddedRedis.start();
      TcpProxy proxy = TcpProxy.open(redis.port());
      return new Target(redis, proxy, "redis://127.0.0.1:" + proxy.port());
    }
  },
  RABBITMQ {
    @Override
    Target start() {
      RabbitMqProcess rabbit = RabbitMqProcess.start();
      TcpProxy proxy = TcpProxy.open(rabbit.port());
      return new Target(rabbit, proxy, "amqp://guest:guest@127.0.0.1:" + proxy.port());
    }
  },
  KAFKA {
    @Override
    Target start() {
      List<TcpProxy> proxies = new ArrayList<>();
      KafkaProcess kafka =
          KafkaProcess.start(
              port -> {
                proxies.add(TcpProxy.open(port));
                return proxies.get(0).port();
              });
      return new Target(kafka, proxies.get(0), kafka.url());
    }
  };

  /**
   * A broker of its own process, and the proxy between it and the hosts.
   *
   * @param url leads through the proxy
   */
  record Target(KillableBroker broker, TcpProxy proxy, String url) implements AutoCloseable {
    @Override
    public void close() {
      proxy.close();
      broker.close();
    }
  }

  /** Starts a broker of its own. */
  abstract Target start();

  /** As it is written on the command line and in reports. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds one by its word. */
  static BackEnd of(String word) {
    for (BackEnd each : values()) {
      if (each.word().equals(word)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "back-end: %s (expected: redis, rabbitmq or kafka)".formatted(word));
  }
}
