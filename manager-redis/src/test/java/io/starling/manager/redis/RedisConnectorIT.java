package io.starling.manager.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.redis.RedisConnector.Subscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With connections that are opened at the same time. */
@Timeout(60)
class RedisConnectorIT {
  private static final int CONNECTIONS = 5;

  private final RedisProcess redis = new RedisProcess();
  private final RedisAddress address = RedisUrl.parse(BackendUrl.parse(redis.url()));
  private final RedisConnector connector = new RedisConnector(address, "gates");

  @AfterEach
  void close() throws Exception {
    join(connector.end());
    redis.close();
  }

  @Test
  void aClosedGateStopsNoOtherConnection() throws Exception {
    List<CompletionStage<Subscriber>> opening = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      opening.add(connector.subscriber(address.uri()));
    }
    List<Listening> all = new ArrayList<>();
    for (CompletionStage<Subscriber> each : opening) {
      all.add(new Listening(join(each)));
    }
    for (Listening stopped : all) {
      stopped.gate.open(false);
      for (int i = 0; i < 3; i++) {
        String text = "%d-%d".formatted(all.indexOf(stopped), i);
        redis.ask("PUBLISH a " + text);
        await().until(() -> all.stream().allMatch(each -> each == stopped || each.heard(text)));
      }
      stopped.gate.open(true);
    }
  }

  /** A connection with a subscription, and what it received. */
  private static final class Listening {
    private final ReadGate gate;
    private final Set<String> texts = ConcurrentHashMap.newKeySet();

    Listening(Subscriber made) throws Exception {
      gate = made.gate();
      made.lettuce()
          .addListener(
              new RedisPubSubAdapter<String, ByteBuffer>() {
                @Override
                public void message(String channel, ByteBuffer frame) {
                  texts.add(StandardCharsets.UTF_8.decode(frame).toString());
                }
              });
      join(made.lettuce().async().subscribe("a"));
    }

    boolean heard(String text) {
      return texts.contains(text);
    }
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
