package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.OptionalTool;
import io.starling.integration.client.JavaClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell pipes of the guide, word for word, and the manual page. */
final class PipesIT {
  private static final String EMITTER = "java -jar emitter.jar --manager redis://localhost";

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path folder;

  @Test
  void eachValueThatJqMakesReachesItsRoom() throws Exception {
    OptionalTool.require("jq");
    Files.writeString(
        folder.resolve("prices.json"),
        """
        {"prices": [
          {"shop": "news", "symbol": "ABC", "eur": 4.20, "secret": 1},
          {"shop": "other", "symbol": "DEF", "eur": 1},
          {"shop": "news", "symbol": "GHI", "eur": 5}
        ]}
        """);
    try (ExampleServers servers = ExampleServers.of(server -> {})) {
      JavaClient reader = reader(servers);

      pipe("jq ", servers, Map.of());

      assertThat(reader.awaitEvents("price", 2))
          .extracting(arguments -> arguments.get(0).toString())
          .containsExactly("{\"symbol\":\"ABC\",\"eur\":4.2}", "{\"symbol\":\"GHI\",\"eur\":5}");
    }
  }

  @Test
  void eachRowThatPsqlSelectsReachesTheRoomInOrder() throws Exception {
    OptionalTool.require("psql");
    if (!"true".equals(System.getenv("CI")) && run(Map.of(), "psql -qc 'SELECT 1'") != 0) {
      String fault = "psql: no server (expected: one that PGHOST, PGUSER and PGDATABASE name)";
      System.err.println("SKIPPED " + fault);
      Assumptions.abort(fault);
    }
    String schema = "starling_" + UUID.randomUUID().toString().replace('-', '_');
    Map<String, String> inSchema = Map.of("PGOPTIONS", "-c search_path=" + schema);
    assertThat(
            run(
                inSchema,
                "psql -qX -c 'CREATE SCHEMA "
                    + schema
                    + "' -c 'CREATE TABLE prices (id int, eur numeric)'"
                    + " -c 'INSERT INTO prices VALUES (2, 1.50), (1, 4.20)'"))
        .isZero();
    try (ExampleServers servers = ExampleServers.of(server -> {})) {
      JavaClient reader = reader(servers);

      pipe("psql ", servers, inSchema);

      assertThat(reader.awaitEvents("price", 2))
          .extracting(arguments -> arguments.get(0).toString())
          .containsExactly("{\"eur\":4.2,\"id\":1}", "{\"eur\":1.5,\"id\":2}");
    } finally {
      run(Map.of(), "psql -qX -c 'DROP SCHEMA " + schema + " CASCADE'");
    }
  }

  @Test
  void groffFormatsTheManualPageWithoutWarning() throws Exception {
    OptionalTool.require("groff");

    int status = run(Map.of(), emitter() + " man | groff -man -Tascii -ww -P-c >page 2>&1");

    assertThat(status).isZero();
    assertThat(folder.resolve("page"))
        .content()
        .doesNotContain("warning:", "error:")
        .contains("emitter emit --room news");
  }

  private static JavaClient reader(ExampleServers servers) {
    JavaClient reader = servers.connect(1, "/", Map.of());
    servers.server(1).root().sockets().forEach(socket -> socket.join("news"));
    return reader;
  }

  /** Runs the command of the guide that begins so. */
  private void pipe(String beginning, ExampleServers servers, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> commands =
        Files.readAllLines(Path.of("../docs/guide.md")).stream()
            .filter(line -> line.startsWith(beginning) && line.contains(EMITTER))
            .toList();
    assertThat(commands).hasSize(1);
    String emitter = "%s --manager '%s'".formatted(emitter(), servers.manager());
    int status = run(environment, "set -o pipefail; " + commands.get(0).replace(EMITTER, emitter));
    assertThat(status).isZero();
  }

  private static String emitter() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return "%s -jar '%s'".formatted(java, System.getProperty("starling.emitter.jar"));
  }

  private int run(Map<String, String> environment, String command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", command).directory(folder.toFile()).inheritIO();
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
    return process.exitValue();
  }
}
