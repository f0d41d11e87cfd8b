package io.starling.integration.broker;

import io.starling.integration.process.TcpProxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * Three real Kafka brokers, which are controllers, too, as child processes. Each is reached
 * directly, and through a proxy of its own. The property {@code starling.kafka.session-millis} says
 * how long a broker may be silent before the others go on without it.
 */
public final class KafkaCluster implements TestBroker.Running {
  private static final int BROKERS = 3;

  private final List<KafkaProcess> brokers = new ArrayList<>();
  private final List<TcpProxy> proxies = new ArrayList<>();

  private KafkaCluster(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    // By default a broker counts as dead after 9 s, which only makes tests longer.
    all.put(
        "broker.session.timeout.ms",
        Integer.toString(Integer.getInteger("starling.kafka.session-millis", 3_000)));
    all.put("broker.heartbeat.interval.ms", "500");
    Uuid clusterId = Uuid.randomUuid();
    List<Integer> controllers = IntStream.range(0, BROKERS).mapToObj(i -> Ports.free()).toList();
    for (int id = 1; id <= BROKERS; id++) {
      int port = Ports.free();
      int proxied = Ports.free();
      TcpProxy proxy = TcpProxy.open(proxied);
      proxies.add(proxy);
      List<KafkaNode.Listener> listeners =
          List.of(
              KafkaNode.Listener.plain("PLAINTEXT", port, port),
              KafkaNode.Listener.plain("PROXIED", proxied, proxy.port()));
      KafkaNode node = new KafkaNode(KafkaNode.newDirectory(), id, controllers, listeners, all);
      node.format(clusterId);
      brokers.add(new KafkaProcess(node));
    }
  }

  /**
   * Starts them, and blocks until they are one cluster.
   *
   * @param settings more lines of {@code server.properties}
   */
  public static KafkaCluster start(Map<String, String> settings) {
    KafkaCluster cluster = new KafkaCluster(settings);
    try {
      cluster.brokers.forEach(KafkaProcess::awaitReady);
      return cluster;
    } catch (Throwable e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public String url() {
    return url(brokers.stream().map(KafkaProcess::port));
  }

  /** The way through {@link #proxies()}. */
  public String proxiedUrl() {
    return url(proxies.stream().map(TcpProxy::port));
  }

  private static String url(Stream<Integer> ports) {
    return ports.map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",", "kafka://", ""));
  }

  /** One for each broker. */
  public List<TcpProxy> proxies() {
    return proxies;
  }

  /**
   * Returns a broker.
   *
   * @param id 1 to 3, as in Kafka's metadata
   */
  public KafkaProcess broker(int id) {
    return brokers.get(id - 1);
  }

  /** Creates a client, which the caller closes. */
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", url().substring("kafka://".length())));
  }

  @Override
  public void close() {
    proxies.forEach(TcpProxy::close);
    brokers.forEach(KafkaProcess::close);
  }
}
