package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.RecordingSockets;
import io.starling.emitter.Redis;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EmitterCliIT {
  private static final Redis REDIS = new Redis();

  private final RecordingSockets sockets = new RecordingSockets();
  private final LocalSocket ann = RecordingSockets.socket("ann");
  private final LocalSocket bob = RecordingSockets.socket("bob");
  private final ClientManager server = ClientManagerFactory.create(REDIS.url());

  @BeforeEach
  void startServer() throws Exception {
    server
        .start(sockets, ManagerListener.NONE, ForkJoinPool.commonPool())
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    sockets.open("/").connect(ann, List.of("news"));
    sockets.open("/").connect(bob, List.of());
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @AfterAll
  static void stopRedis() {
    REDIS.close();
  }

  @Test
  void theCommandLineReachesTheClients() {
    for (String[] command :
        new String[][] {
          {"emit", "--room", "news", "price", "{\"eur\": 4.20}", "12345678901234567890"},
          {"join", "--room", "news", "vip"},
          {"emit", "--room", "vip", "--except", "bob", "hello"},
          {"leave", "--room", "ann", "vip"},
          {"close-room", "news"},
          {"disconnect", "--room", "bob", "--close"}
        }) {
      List<String> all = new ArrayList<>(List.of("--manager", REDIS.url()));
      all.addAll(List.of(command));
      CliProcess.Result result = CliProcess.run(all.toArray(String[]::new));
      assertThat(result)
          .isEqualTo(new CliProcess.Result(0, "accepted, 1 server is listening\n", ""));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(sockets.log())
                    .containsExactly(
                        "/ [ann] [\"price\",{\"eur\":4.20},12345678901234567890]",
                        "/ [ann] [\"hello\"]",
                        "/ [bob] closed"));
    assertThat(sockets.open("/").rooms(ann.id())).containsExactly("ann");
  }

  @Test
  void eachLineOfAStreamIsSentAtOnce() {
    try (CliProcess cli = CliProcess.start("emit", "tick", "-", "--manager", REDIS.url())) {
      cli.type("[1]");
      await().untilAsserted(() -> assertThat(sockets.log()).hasSize(1));
      cli.type("");
      cli.type("[2, \"b\"]");
      await().untilAsserted(() -> assertThat(sockets.log()).hasSize(2));
      assertThat(cli.end()).isEqualTo(new CliProcess.Result(0, "", ""));
      assertThat(sockets.log())
          .containsExactly("/ [ann, bob] [\"tick\",1]", "/ [ann, bob] [\"tick\",2,\"b\"]");
    }
  }

  @Test
  void whatNobodyReceivesIsSaidAndIsStatusOne() {
    String url = REDIS.url() + "?prefix=unheard";
    assertThat(CliProcess.run("--manager", url, "emit", "x"))
        .isEqualTo(new CliProcess.Result(1, "accepted, but no server is listening\n", ""));
    try (CliProcess cli = CliProcess.start("--manager", url, "emit", "--stdin", "tick")) {
      cli.type("[1]");
      cli.type("[2]");
      assertThat(cli.end())
          .isEqualTo(
              new CliProcess.Result(
                  1,
                  "",
                  "emitter: lines that nobody received: 2 (expected: a server that listens)\n"));
    }
  }

  @Test
  void aStreamEndsAtALineThatMakesNoSense() {
    try (CliProcess cli = CliProcess.start("--manager", REDIS.url(), "emit", "--stdin", "tick")) {
      cli.type("[1]");
      cli.type("{}");
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).isEqualTo("emitter: line 2: {} (expected: an array)\n");
    }
    await().untilAsserted(() -> assertThat(sockets.log()).hasSize(1));
  }

  @Test
  void aStreamIsUtf8WhateverTheLocaleIsAndEndsAtWhatIsNot() throws IOException {
    try (CliProcess cli = CliProcess.start("--manager", REDIS.url(), "emit", "--stdin", "tick")) {
      cli.type("[\"\u00e9\u20ac\"]");
      cli.type(new byte[] {'[', '"', (byte) 0xe9, '"', ']'});
      cli.type("[3]");
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err())
          .isEqualTo(
              "emitter: line 2: bytes that are not UTF-8 (expected: an array as JSON in UTF-8)\n");
    }
    await().untilAsserted(() -> assertThat(sockets.log()).hasSize(1));
    assertThat(sockets.log().toString()).contains("\u00e9\u20ac");
  }

  @Test
  void theExecutableNamesABrokerThatIsNotThereInOneLine() {
    String url = "redis://127.0.0.1:" + Redis.freePort();
    CliProcess.Result result = CliProcess.run("--manager", url, "emit", "x");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "emitter: " + url + ": connection refused (expected: a Redis server that answers)\n");
  }
}
