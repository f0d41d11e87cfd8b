package io.starling.integration.failures;

import static io.starling.integration.failures.BackEnd.AMQP_CLUSTER;
import static io.starling.integration.failures.BackEnd.KAFKA;
import static io.starling.integration.failures.BackEnd.KAFKA_USERS;
import static io.starling.integration.failures.BackEnd.RABBITMQ;
import static io.starling.integration.failures.BackEnd.REDIS;
import static io.starling.integration.failures.BackEnd.REDIS_CLUSTER;
import static io.starling.integration.failures.BackEnd.REDIS_SENTINEL;
import static io.starling.integration.failures.Trial.pause;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.RabbitMqCluster;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.broker.RedisCluster;
import io.starling.integration.broker.RedisSentinels;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The rows of the failure matrix: what is done to a cluster under traffic. */
final class Rows {
  private static final Set<BackEnd> ALL = EnumSet.allOf(BackEnd.class);
  private static final Set<BackEnd> ONE = BackEnd.SINGLE;
  private static final Set<BackEnd> SEVERAL = BackEnd.SEVERAL;
  private static final List<String> TWO = List.of("a", "b");
  private static final List<String> THREE = List.of("a", "b", "c");

  static final List<Row> LIST =
      List.of(
          row("killed-2", "broker killed, back after 2 s", ALL, TWO, t -> killed(t, 2)),
          row("killed-10", "broker killed, back after 10 s", ALL, TWO, t -> killed(t, 10)),
          row("killed-40", "broker killed, back after 40 s", ALL, TWO, t -> killed(t, 40)),
          row("frozen-8", "broker frozen for 8 s", ALL, TWO, t -> frozen(t, 8)),
          row("frozen-25", "broker frozen for 25 s", ALL, TWO, t -> frozen(t, 25)),
          row("cut", "connections cut every 0.4 s for 20 s", ONE, TWO, Rows::cut),
          row(
              "publish-dead",
              "what host b sends is swallowed for 20 s",
              ONE,
              TWO,
              t -> swallowed(t, "starling-b-(publish|produc)", 20)),
          row(
              "subscribe-dead",
              "what host b receives is swallowed for 20 s",
              ONE,
              TWO,
              t -> swallowed(t, "starling-b-(subscri|consum)", 20)),
          row("slow", "each byte 300 ms later, for 15 s", ONE, TWO, Rows::slow),
          row(
              "receivers-later",
              "broker killed, back after 3 s, receivers 1 s after the publishers",
              ONE,
              TWO,
              Rows::receiversLater),
          row("host-killed", "one of three hosts killed", ALL, THREE, Rows::hostKilled),
          row("host-frozen-20", "host b frozen for 20 s", ALL, THREE, t -> hostFrozen(t, 20)),
          row("host-frozen-50", "host b frozen for 50 s", ALL, THREE, t -> hostFrozen(t, 50)),
          row("host-joins", "a third host joins", ALL, TWO, Rows::hostJoins),
          row("rolling", "three hosts restarted in turn", ALL, THREE, Rows::rolling),
          row("password", "password changed for 10 s", Set.of(REDIS), TWO, Rows::password),
          row(
              "permission",
              "permissions withdrawn for 10 s",
              EnumSet.of(REDIS, RABBITMQ, KAFKA_USERS),
              TWO,
              Rows::permission),
          row("replica", "the server is a replica for 10 s", Set.of(REDIS), TWO, Rows::replica),
          row("output-buffer", "output-buffer limit hit 5 times", Set.of(REDIS), TWO, Rows::output),
          row(
              "slow-reader",
              "host b frozen for 12 s while 2 MB/s flow: output-buffer limit hit",
              Set.of(REDIS),
              TWO,
              Rows::slowReader),
          row("memory-alarm", "short of memory for 40 s", Set.of(RABBITMQ), TWO, Rows::memory),
          row("disk-alarm", "disk full for 10 s", Set.of(RABBITMQ), TWO, Rows::disk),
          row("queue-deleted", "queue deleted by hand", Set.of(RABBITMQ), TWO, Rows::queue),
          row("binding-removed", "binding removed by hand", Set.of(RABBITMQ), TWO, Rows::binding),
          row(
              "exchange-deleted",
              "exchange deleted by hand",
              Set.of(RABBITMQ),
              TWO,
              Rows::exchange),
          row("topic-deleted", "topic deleted by hand", Set.of(KAFKA), TWO, Rows::topic),
          row("node-killed", "master, leader or node killed", SEVERAL, TWO, Rows::nodeKilled),
          row(
              "failover",
              "another server made the master",
              EnumSet.of(REDIS_SENTINEL, REDIS_CLUSTER),
              TWO,
              Rows::failover),
          row("slot-moved", "slot moved to other nodes", Set.of(REDIS_CLUSTER), TWO, Rows::slot),
          row("node-cut-off", "node cut off for 10 s", Set.of(AMQP_CLUSTER), TWO, Rows::cutOff));

  private Rows() {}

  /**
   * One row.
   *
   * @param name as on the command line
   * @param text as in the report
   * @param backEnds where it exists
   * @param hosts their names
   * @param action does the harm and ends it
   */
  record Row(
      String name,
      String text,
      Set<BackEnd> backEnds,
      List<String> hosts,
      Consumer<Trial> action) {}

  private static Row row(
      String name, String text, Set<BackEnd> backEnds, List<String> hosts, Consumer<Trial> action) {
    return new Row(name, text, backEnds, hosts, action);
  }

  private static void killed(Trial trial, int seconds) {
    trial.injure(trial.broker()::kill);
    pause(seconds);
    trial.heal(trial.broker()::restart);
  }

  private static void frozen(Trial trial, int seconds) {
    trial.injure(trial.broker()::freeze);
    pause(seconds);
    trial.heal(trial.broker()::thaw);
  }

  private static void cut(Trial trial) {
    trial.injure(trial.proxy()::cut);
    for (int i = 1; i < 50; i++) {
      pause(0.4);
      trial.proxy().cut();
    }
    trial.heal(() -> {});
  }

  private static void swallowed(Trial trial, String connections, int seconds) {
    trial.injure(() -> trial.proxy().swallow(Pattern.compile(connections)));
    pause(seconds);
    trial.heal(() -> trial.proxy().swallow(null));
  }

  private static void slow(Trial trial) {
    trial.injure(() -> trial.proxy().delay(Duration.ofMillis(300)));
    pause(15);
    trial.heal(() -> trial.proxy().delay(Duration.ZERO));
  }

  private static void receiversLater(Trial trial) {
    trial.injure(trial.broker()::kill);
    pause(3);
    trial.proxy().swallow(Pattern.compile("starling-[ab]-(subscri|consum)"));
    trial.broker().restart();
    pause(1);
    trial.heal(() -> trial.proxy().swallow(null));
  }

  private static void hostKilled(Trial trial) {
    Member victim = trial.host("b");
    trial.injure(victim::kill);
    trial.abandon(victim);
    trial.heal(() -> {});
    trial.awaitTold("hostLeft", victim);
  }

  private static void hostFrozen(Trial trial, int seconds) {
    trial.injure(trial.host("b").process()::freeze);
    pause(seconds);
    trial.heal(trial.host("b").process()::thaw);
  }

  private static void hostJoins(Trial trial) {
    trial.injure(() -> {});
    trial.join("d");
    trial.heal(() -> {});
  }

  private static void rolling(Trial trial) {
    trial.injure(() -> {});
    for (String name : THREE) {
      Member former = trial.host(name);
      former.stop();
      former.quit();
      trial.replace(former, name + "2");
      trial.heal(() -> {});
      if (trial.awaitRecovery() < 0) {
        return;
      }
    }
  }

  private static void password(Trial trial) {
    trial.injure(
        () ->
            trial
                .redis()
                .ask(
                    "CONFIG SET requirepass another",
                    "CLIENT KILL TYPE normal SKIPME yes",
                    "CLIENT KILL TYPE pubsub"));
    pause(10);
    trial.heal(() -> trial.redis().ask("AUTH another", "CONFIG SET requirepass \"\""));
  }

  private static void permission(Trial trial) {
    trial.injure(() -> withdraw(trial));
    pause(10);
    trial.heal(
        () -> {
          if (trial.broker() instanceof EmbeddedRedis redis) {
            redis.ask("ACL SETUSER default allchannels");
          } else if (trial.broker() instanceof RabbitMqProcess rabbit) {
            rabbit.control("set_permissions", "guest", ".*", ".*", ".*");
          } else {
            KafkaTopics.permit(trial.broker().url(), "app");
          }
        });
  }

  private static void withdraw(Trial trial) {
    if (trial.broker() instanceof EmbeddedRedis redis) {
      redis.ask("ACL SETUSER default resetchannels");
    } else if (trial.broker() instanceof RabbitMqProcess rabbit) {
      rabbit.control("set_permissions", "guest", "^$", "^$", "^$");
      rabbit.control("close_all_connections", "the permissions have changed");
    } else {
      KafkaTopics.withdraw(trial.broker().url());
    }
  }

  private static void replica(Trial trial) {
    trial.injure(() -> trial.redis().ask("REPLICAOF 127.0.0.1 1"));
    pause(10);
    trial.heal(() -> trial.redis().ask("REPLICAOF NO ONE"));
  }

  /** Redis ends the connections of subscribers when a message is larger than their limit. */
  private static void output(Trial trial) {
    trial.injure(
        () -> trial.redis().ask("CONFIG SET client-output-buffer-limit \"pubsub 32kb 0 0\""));
    String large = "PUBLISH " + trial.prefix() + ":all " + "x".repeat(60_000);
    for (int i = 0; i < 5; i++) {
      trial.redis().ask(large);
      pause(2);
    }
    trial.heal(
        () -> trial.redis().ask("CONFIG SET client-output-buffer-limit \"pubsub 32mb 8mb 60\""));
  }

  /**
   * Redis ends the connection of a subscriber that reads nothing, because too much waits for it.
   */
  private static void slowReader(Trial trial) {
    String subscriber = "starling-b-subscri";
    trial.redis().ask("CONFIG SET client-output-buffer-limit \"pubsub 1mb 0 0\"");
    trial.injure(trial.host("b").process()::freeze);
    trial.host("a").tell("go large");
    pause(12);
    if (trial.redis().connections(subscriber) > 0) {
      throw new AssertionError("the limit was not hit (expected: Redis ended " + subscriber + ")");
    }
    trial.heal(trial.host("b").process()::thaw);
  }

  private static void memory(Trial trial) {
    trial.injure(() -> trial.rabbit().control("set_vm_memory_high_watermark", "0.00001"));
    pause(40);
    trial.heal(() -> trial.rabbit().control("set_vm_memory_high_watermark", "0.4"));
  }

  private static void disk(Trial trial) {
    trial.injure(() -> trial.rabbit().control("set_disk_free_limit", "900000GB"));
    pause(10);
    trial.heal(() -> trial.rabbit().control("set_disk_free_limit", "50MB"));
  }

  private static void queue(Trial trial) {
    String queue =
        trial.rabbit().control("list_queues", "--no-table-headers", "name").stream()
            .filter(name -> name.startsWith(trial.prefix()))
            .findFirst()
            .orElseThrow();
    trial.injure(() -> trial.rabbit().deleteQueue(queue));
    trial.heal(() -> {});
  }

  private static void binding(Trial trial) {
    trial.injure(() -> trial.rabbit().removeBindings(trial.prefix() + ":all"));
    trial.heal(() -> {});
  }

  private static void exchange(Trial trial) {
    trial.injure(() -> trial.rabbit().deleteExchange(trial.prefix()));
    trial.heal(() -> {});
  }

  private static void topic(Trial trial) {
    trial.injure(() -> KafkaTopics.delete(trial.broker().url(), trial.prefix()));
    trial.heal(() -> {});
  }

  /** The node stays away, so the time to recover is that of the nodes that remain. */
  private static void nodeKilled(Trial trial) {
    trial.injure(trial.broker()::kill);
    trial.heal(() -> {});
  }

  /** Ends when both connections of both hosts lead to the new master. */
  private static void failover(Trial trial) {
    BooleanSupplier moved;
    if (trial.broker().url().startsWith("redis-sentinel")) {
      RedisSentinels redis = trial.nodes(RedisSentinels.class);
      EmbeddedRedis old = redis.master();
      EmbeddedRedis next = redis.replica();
      trial.injure(redis::failOver);
      moved = () -> next.connections("starling-") == 4 && old.connections("starling-") == 0;
    } else {
      RedisCluster redis = trial.nodes(RedisCluster.class);
      EmbeddedRedis next = redis.nodes().get(redis.nodes().size() - 1);
      trial.injure(() -> redis.failOverTo(next));
      moved = () -> next.ask("PUBSUB SHARDNUMSUB " + trial.prefix() + ":all").contains(":2");
    }
    trial.heal(() -> {});
    await("all connections have moved").atMost(Duration.ofSeconds(30)).until(moved::getAsBoolean);
  }

  private static void slot(Trial trial) {
    RedisCluster redis = trial.nodes(RedisCluster.class);
    String channel = trial.prefix() + ":all";
    trial.injure(() -> {});
    for (EmbeddedRedis to : redis.nodes().subList(0, 3)) {
      if (to != redis.owner(channel)) {
        redis.move(channel, to);
        pause(2);
      }
    }
    trial.heal(() -> {});
  }

  private static void cutOff(Trial trial) {
    RabbitMqCluster rabbit = trial.nodes(RabbitMqCluster.class);
    RabbitMqProcess node = rabbit.busiest();
    trial.injure(() -> rabbit.cutOff(node));
    pause(10);
    trial.heal(() -> rabbit.join(node));
  }
}
