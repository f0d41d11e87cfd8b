package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.Emitter;
import io.starling.emitter.RecordingSockets;
import io.starling.emitter.Redis;
import io.starling.emitter.TestServer;
import io.starling.manager.SocketId;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmitterCliIT {
  @RegisterExtension static final TestServer SERVER = new TestServer();

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
                assertThat(SERVER.log())
                    .containsExactly(
                        "/ [ann] [\"price\",{\"eur\":4.20},12345678901234567890]",
                        "/ [ann] [\"hello\"]",
                        "/ [bob] closed"));
    assertThat(SERVER.sockets().open("/").rooms(new SocketId("ann"))).containsExactly("ann");
  }

  @Test
  void whatNobodyReceivesIsSaidAndIsStatusOne() {
    String url = SERVER.url() + "?prefix=unheard";

    assertThat(CliProcess.run("--manager", url, "emit", "x"))
        .isEqualTo(new CliProcess.Result(1, "accepted, but no server is listening\n", ""));
  }

  @Test
  void textsFilesAndTheStandardInputAreArguments(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1});
    try (CliProcess cli =
        CliProcess.start(
            "--manager",
            SERVER.url(),
            "send",
            "--room",
            "ann",
            "--text",
            "a b",
            "@" + file,
            "@-")) {
      cli.type("bytes");
      assertThat(cli.end())
          .isEqualTo(new CliProcess.Result(0, "accepted, 1 server is listening\n", ""));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(SERVER.log())
                    .containsExactly(
                        "/ [ann] [\"message\",\"a b\",{\"_placeholder\":true,\"num\":0},"
                            + "{\"_placeholder\":true,\"num\":1}]"));
  }

  @Test
  void countFetchAndHostsAskTheServers() {
    String host = SERVER.id().value();

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
        .isEqualTo("{\"id\":\"ann\",\"host\":\"" + SERVER.id() + "\",\"args\":[\"ann\"]}\n");
    assertThat(run("emit", "--ack", "--room", "empty", "question"))
        .isEqualTo(new CliProcess.Result(0, "", "emitter: no client was asked\n"));
  }

  @Test
  void anAnswerThatIsMissingIsToldAndIsStatusOne() {
    SERVER.sockets().open("/").connect(RecordingSockets.socket("silent"), List.of());

    CliProcess.Result result = run("emit", "--ack", "--timeout", "3s", "question");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out().lines()).hasSize(2);
    assertThat(result.err())
        .isEqualTo(
            "emitter: server "
                + SERVER.id()
                + ": incomplete, 2 of 3 answers (expected: all answers)\n");
  }

  @Test
  void aQuestionThatNoServerHearsIsToldAndIsStatusOne() {
    String url = SERVER.url() + "?prefix=unheard";
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
            SERVER.url(),
            "--room",
            "news",
            "--event",
            "price",
            "--lines",
            "2")) {
      watch.awaitError("emitter: watching; Ctrl-C ends");
      assertThat(run("hosts", "--json").out().lines()).hasSize(1);
      try (Emitter emitter = Emitter.create(SERVER.url())) {
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
    String signed = SERVER.url() + "?secret=0123456789abcdef";
    try (CliProcess watch =
        CliProcess.start("watch", "--json", "--manager", signed, "--event", "x", "--lines", "1")) {
      watch.awaitError("emitter: watching; Ctrl-C ends");
      try (Emitter unsigned = Emitter.create(SERVER.url());
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
  void aWatchThatCannotConnectSaysSoAndWaitsUntilItCan() {
    int port = Redis.freePort();
    String url = "redis://127.0.0.1:" + port;
    try (CliProcess watch =
        CliProcess.start("watch", "--manager", url + "?keep-trying=true", "--for", "60s")) {
      watch.awaitError("(expected: a Redis server that answers)); trying again");
      Redis late = new Redis(port);
      try {
        watch.awaitError("emitter: watching; Ctrl-C ends");
      } finally {
        late.close();
      }
    }
  }

  @Test
  void aWatchThatNeverConnectsEndsInTimeWithStatusOne() {
    String away = "redis://127.0.0.1:" + Redis.freePort() + "?keep-trying=true";

    CliProcess.Result result = runWith(away, "watch", "--for", "300ms");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).endsWith(" malformed\n").doesNotContain("watching");
  }

  @Test
  void aWatchThatIsStoppedPrintsItsSummary() {
    try (CliProcess watch = CliProcess.start("watch", "--manager", SERVER.url())) {
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
    return runWith(SERVER.url(), arguments);
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
