package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.Emitter;
import io.starling.emitter.RecordingSockets;
import io.starling.emitter.Redis;
import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmitterCliIT {
  private static final Redis REDIS = new Redis();
  private static final Duration LONG = Duration.ofSeconds(60);

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
      assertThat(run(command))
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
    try (CliProcess cli = CliProcess.start("emit", "tick", "--stdin", "--manager", REDIS.url())) {
      cli.type("[1]");
      await().atMost(LONG).untilAsserted(() -> assertThat(sockets.log()).hasSize(1));
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
    CliProcess.Result one = CliProcess.run("--manager", url, "emit", "x");
    assertThat(one.status()).isEqualTo(1);
    assertThat(one.out()).isEqualTo("accepted, but no server is listening\n");
    assertThat(one.err()).contains("1 operations received by no host").hasLineCount(1);
    try (CliProcess cli = CliProcess.start("--manager", url, "emit", "--stdin", "tick")) {
      cli.type("[1]");
      cli.type("[2]");
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err())
          .contains("emitter: lines that nobody received: 2 (expected: a server that listens)\n");
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
  void textsFilesAndTheStandardInputAreArguments(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1});
    try (CliProcess cli =
        CliProcess.start(
            "--manager", REDIS.url(), "send", "--room", "ann", "--text", "a b", "@" + file, "@-")) {
      cli.type("bytes");
      assertThat(cli.end())
          .isEqualTo(new CliProcess.Result(0, "accepted, 1 server is listening\n", ""));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(sockets.log())
                    .containsExactly(
                        "/ [ann] [\"message\",\"a b\",{\"_placeholder\":true,\"num\":0},"
                            + "{\"_placeholder\":true,\"num\":1}]"));
  }

  @Test
  void countFetchAndHostsAskTheServers() {
    String host = server.hostId().value();

    assertThat(run("count")).isEqualTo(new CliProcess.Result(0, "2\n", ""));
    assertThat(run("count", "--room", "news", "--json"))
        .isEqualTo(new CliProcess.Result(0, "{\"count\":1,\"hosts\":{\"" + host + "\":1}}\n", ""));
    assertThat(run("fetch", "--room", "news").out().lines())
        .containsExactly("CLIENT  SERVER                ROOMS  DATA", "ann     " + host + "  news");
    assertThat(run("fetch", "--except", "news", "--json"))
        .isEqualTo(
            new CliProcess.Result(
                0, "{\"id\":\"bob\",\"host\":\"" + host + "\",\"rooms\":[],\"data\":null}\n", ""));
    assertThat(run("hosts").out()).startsWith("SERVER  ").contains("\n" + host + "  starling ");
    assertThat(run("hosts", "--json").out())
        .startsWith("{\"id\":\"" + host + "\",\"release\":\"starling ")
        .contains("\"ageMillis\":");
  }

  @Test
  void anEmitWithAckPrintsTheAnswersByClient() {
    assertThat(run("emit", "--ack", "question").out().lines())
        .containsExactlyInAnyOrder("ann \"ann\"", "bob \"bob\"");
    assertThat(run("emit", "--ack", "--json", "--room", "ann", "question").out())
        .isEqualTo("{\"id\":\"ann\",\"host\":\"" + server.hostId() + "\",\"args\":[\"ann\"]}\n");
    assertThat(run("emit", "--ack", "--room", "empty", "question"))
        .isEqualTo(new CliProcess.Result(0, "", "emitter: no client was asked\n"));
  }

  @Test
  void anAnswerThatIsMissingIsToldAndIsStatusOne() {
    sockets.open("/").connect(RecordingSockets.socket("silent"), List.of());

    CliProcess.Result result = run("emit", "--ack", "--timeout", "3s", "question");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out().lines()).hasSize(2);
    assertThat(result.err())
        .isEqualTo(
            "emitter: server "
                + server.hostId()
                + ": incomplete, 2 of 3 answers (expected: all answers)\n");
  }

  @Test
  void aQuestionThatNoServerHearsIsToldAndIsStatusOne() {
    String url = REDIS.url() + "?prefix=unheard";
    String nobody =
        "emitter: servers: none told in time which servers there are (expected: at least one)\n";

    assertThat(runWith(url, "count")).isEqualTo(new CliProcess.Result(1, "0\n", nobody));
    assertThat(runWith(url, "hosts", "--json")).isEqualTo(new CliProcess.Result(1, "", nobody));
  }

  @Test
  void aWatchShowsWhatItIsAskedForAndIsNoHost() {
    try (CliProcess watch =
        CliProcess.start(
            "watch",
            "--manager",
            REDIS.url(),
            "--room",
            "news",
            "--event",
            "price",
            "--lines",
            "2")) {
      watch.awaitError("emitter: watching; Ctrl-C ends");
      assertThat(run("hosts", "--json").out().lines()).hasSize(1);
      try (Emitter emitter = Emitter.create(REDIS.url())) {
        emitter.to("other").emit("price", 0);
        emitter.to("news").emit("other", 0);
        emitter.of("chat").to("news").except("bob").emit("price", 1, "é");
        emitter.to("news").emit("price", 2, new byte[] {1, 2, 3});
      }
      CliProcess.Result result = watch.end();
      assertThat(result.status()).isZero();
      assertThat(result.out().lines().map(line -> line.replaceFirst("^[0-9:.]+ \\S+ ", "")))
          .containsExactly(
              "emit /chat [news] except [bob] price 1 \"" + written("é") + "\"",
              "emit / [news] price 2 <3 bytes>");
      assertThat(result.err())
          .endsWith(
              "emitter: 2 messages shown, 0 not shown because the output was slow, 0 malformed\n");
    }
  }

  @Test
  void aWatchCountsFramesThatItCannotReadAndGoesOn() {
    String signed = REDIS.url() + "?secret=0123456789abcdef";
    try (CliProcess watch =
        CliProcess.start("watch", "--json", "--manager", signed, "--event", "x", "--lines", "1")) {
      watch.awaitError("emitter: watching; Ctrl-C ends");
      try (Emitter unsigned = Emitter.create(REDIS.url());
          Emitter emitter = Emitter.create(signed)) {
        unsigned.emit("x").toCompletableFuture().join();
        emitter.emit("x", 1).toCompletableFuture().join();
      }
      CliProcess.Result result = watch.end();
      assertThat(result.status()).isZero();
      assertThat(result.out()).contains("\"event\":\"x\",\"args\":[1]").hasLineCount(1);
      assertThat(result.err())
          .contains("emitter: malformed: frame: version 1 flags 0 (expected: version 1 flags 1")
          .doesNotContain("0123456789abcdef");
    }
  }

  @Test
  void aWatchEndsAfterItsTime() {
    CliProcess.Result result = run("watch", "--for", "300ms", "--event", "never");
    assertThat(result.status()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("emitter: 0 messages shown");
  }

  @Test
  void aWatchThatIsStoppedPrintsItsSummary() {
    try (CliProcess watch = CliProcess.start("watch", "--manager", REDIS.url())) {
      watch.awaitError("emitter: watching; Ctrl-C ends");
      watch.stop();
      CliProcess.Result result = watch.end();
      assertThat(result.status()).isEqualTo(128 + 15);
      assertThat(result.err()).contains(" messages shown, 0 not shown");
    }
  }

  /**
   * Java 17 writes in the character set of the locale, which is ASCII here, later ones in UTF-8.
   */
  private static String written(String text) {
    return Runtime.version().feature() < 18 ? "?" : text;
  }

  /** Runs a command in this process, which is much faster than another one. */
  private static CliProcess.Result run(String... arguments) {
    return runWith(REDIS.url(), arguments);
  }

  private static CliProcess.Result runWith(String url, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        EmitterCli.commandLine(Map.of("STARLING_MANAGER", url))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new CliProcess.Result(status, out.toString(), err.toString());
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
