package io.starling.socketio.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerCliIT {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void readyLineNamesUrlAndHost() {
    try (SocketIoServer server = run().server().orElseThrow()) {
      assertThat(out.toString(UTF_8))
          .isEqualToIgnoringNewLines(
              "starling ready: http://localhost:"
                  + server.port()
                  + "/socket.io/ host "
                  + server.hostId());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "[::1]"})
  void readyLineHasAnAddressOfIpv6InBracketsOnce(String host) {
    try (SocketIoServer server = run("--host", host).server().orElseThrow()) {
      assertThat(out.toString(UTF_8))
          .startsWith("starling ready: http://[::1]:" + server.port() + "/socket.io/ host ");
    }
  }

  @Test
  void applicationsOfADirectoryAreRun(@TempDir Path folder) throws IOException {
    try (SocketIoServer server = run(folder, Quiet.class).server().orElseThrow()) {
      assertThat(Quiet.configured).isSameAs(server);
    }
  }

  @Test
  void jarWithoutAnApplicationEndsTheStartWithOneLine(@TempDir Path folder) {
    ServerCli.Outcome outcome = run("--application", folder.toString());

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly(
            "application: "
                + folder
                + " (expected: META-INF/services/io.starling.socketio.SocketIoApplication"
                + " in one of them, which names the class)");
  }

  @Test
  void applicationThatFailsEndsTheStartWithOneLine(@TempDir Path folder) throws IOException {
    ServerCli.Outcome outcome = run(folder, Failing.class);

    assertThat(outcome.server()).isEmpty();
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines()).containsExactly("no data base");
  }

  @Test
  void takenPortEndsTheStartWithOneLine() {
    try (SocketIoServer first = run().server().orElseThrow()) {
      ServerCli.Outcome second = cli(Map.of()).run("--port", String.valueOf(first.port()));

      assertThat(second.status()).isEqualTo(1);
      assertThat(err.toString(UTF_8).lines())
          .containsExactly("port: " + first.port() + " (expected: a free port)");
    }
  }

  private ServerCli.Outcome run(Path folder, Class<?> application) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(SocketIoApplication.class.getName()), application.getName());
    return run("--application", folder.toString());
  }

  private ServerCli.Outcome run(String... arguments) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      return cli(Map.of("STARLING_PORT", "0")).run(arguments);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private ServerCli cli(Map<String, String> environment) {
    return new ServerCli(
        environment, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
  }

  /** Remembers the server that it was given. */
  public static final class Quiet implements SocketIoApplication {
    static volatile @Nullable SocketIoServer configured;

    @Override
    public void configure(SocketIoServer server) {
      configured = server;
    }
  }

  /** Does not come up. */
  public static final class Failing implements SocketIoApplication {
    @Override
    public void configure(SocketIoServer server) {
      throw new IllegalStateException("no data base");
    }
  }
}
