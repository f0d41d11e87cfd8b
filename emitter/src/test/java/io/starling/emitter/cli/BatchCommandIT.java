package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code batch} of the executable jar, on a real Redis. */
@Timeout(120)
class BatchCommandIT {
  /** A program starts slowly on a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @RegisterExtension static final TestServer SERVER = new TestServer();

  @TempDir private Path folder = Path.of("");

  @Test
  void theRowsOfACsvFileReachTheRoom() throws IOException {
    Path file =
        Files.writeString(folder.resolve("p.csv"), "name,eur\n\"pear, big\",1.20\nplum,3\n");

    CliProcess.Result result =
        CliProcess.run(
            "--manager",
            SERVER.url(),
            "batch",
            "--progress",
            "off",
            "--csv",
            "--event",
            "price",
            "--room",
            "news",
            file.toString());

    assertThat(result.status()).isZero();
    assertThat(result.err())
        .startsWith("emitter: read 2, sent 2, bad 0, failed 0, received by nobody 0, in ")
        .hasLineCount(1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(SERVER.log())
                    .containsExactly(
                        "/ [ann] [\"price\",{\"name\":\"pear, big\",\"eur\":\"1.20\"}]",
                        "/ [ann] [\"price\",{\"name\":\"plum\",\"eur\":\"3\"}]"));
  }

  @Test
  void eachLineOfAPipeIsSentAtOnce() {
    try (CliProcess cli =
        CliProcess.start("--manager", SERVER.url(), "batch", "--text", "--event", "log")) {
      cli.type("one");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(SERVER.log()).containsExactly("/ [ann, bob] [\"log\",\"one\"]"));
      cli.type("twö");
      assertThat(cli.end().status()).isZero();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(SERVER.log()).contains("/ [ann, bob] [\"log\",\"twö\"]"));
  }

  @Test
  void atSigtermThePlaceIsSavedAndTheSummaryHasNoStatusAndAResumeGoesOnThere() throws IOException {
    String checkpoint = folder.resolve("at.json").toString();
    Path summary = folder.resolve("summary.json");
    try (CliProcess cli =
        CliProcess.start(
            "--manager",
            SERVER.url(),
            "batch",
            "--text",
            "--event",
            "log",
            "--checkpoint",
            checkpoint,
            "--summary",
            summary.toString())) {
      cli.type("one");
      await().atMost(PATIENCE).until(() -> SERVER.log().size() == 1);
      cli.stop();
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isEqualTo(143);
      assertThat(result.err()).startsWith("emitter: read 1, sent 1, ");
      assertThat(summary).content().contains("\"end\" : \"signal\"", "\"status\" : null");
    }
    try (CliProcess cli =
        CliProcess.start(
            "--manager",
            SERVER.url(),
            "batch",
            "--text",
            "--event",
            "log",
            "--resume",
            checkpoint)) {
      cli.type("one");
      cli.type("two");
      CliProcess.Result result = cli.end();
      assertThat(result.status()).isZero();
      assertThat(result.err())
          .startsWith("emitter: read 1, sent 1, ")
          .endsWith("; skipped 1 lines that were done before\n");
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(SERVER.log())
                    .containsExactly(
                        "/ [ann, bob] [\"log\",\"one\"]", "/ [ann, bob] [\"log\",\"two\"]"));
  }
}
