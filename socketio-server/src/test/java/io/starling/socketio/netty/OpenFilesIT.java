package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.socketio.transport.IoKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server in a process of its own that may open few files. */
class OpenFilesIT {
  private static final int OPEN_FILES = 300;
  private static final Duration WATCHED = Duration.ofSeconds(3);

  private final List<RawConnection> connections = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void atTheLimitAcceptingPausesAndGoesOnWhenFilesAreClosed(IoKind kind, @TempDir Path directory)
      throws IOException {
    Skip.unlessAvailable(kind);
    Path log = directory.resolve("log");
    Process process = start(kind, log);
    try {
      InetSocketAddress server = address(process);
      try (RawConnection socket = connect(server)) {
        socket.upgrade(EchoServer.WEBSOCKET);
        socket.text();
        for (int i = 0; i < OPEN_FILES; i++) {
          connections.add(connect(server));
        }
        await().until(() -> warnings(log) > 0);
        Duration before = cpu(process);
        await().pollDelay(WATCHED).until(() -> true);

        assertThat(cpu(process).minus(before)).isLessThan(WATCHED.dividedBy(3));
        assertThat(warnings(log)).isEqualTo(1);
        assertThat(Files.size(log)).isLessThan(10_000);
        socket.sendText("4hello");
        assertThat(socket.text()).isEqualTo("4hello");
        RawConnection waiting = connections.remove(connections.size() - 1);
        waiting.send("GET", POLLING, "");
        connections.forEach(RawConnection::close);
        assertThat(waiting.receive().status()).isEqualTo(200);
        waiting.close();
      }
    } finally {
      connections.forEach(RawConnection::close);
      process.destroyForcibly();
    }
  }

  /** Serves until the process is ended, or the one that started it. */
  public static void main(String[] arguments) throws IOException {
    EchoServer server = new EchoServer(transport -> transport.io(IoKind.valueOf(arguments[0])));
    // Classes come from a directory, which takes files to open.
    server.get(POLLING);
    try (RawConnection socket = server.openWebSocket()) {
      socket.sendText("4hello");
      socket.text();
    }
    server.nextClose();
    System.out.println(server.address.getPort());
    int ended = System.in.read();
    System.exit(ended < 0 ? 0 : 1);
  }

  private static Process start(IoKind kind, Path log) throws IOException {
    return new ProcessBuilder(
            "sh",
            "-c",
            "ulimit -n " + OPEN_FILES + " && exec \"$@\"",
            "sh",
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            OpenFilesIT.class.getName(),
            kind.name())
        .redirectError(log.toFile())
        .start();
  }

  private static InetSocketAddress address(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = out.readLine();
    assertThat(port).as("port of the server").isNotNull();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  private static RawConnection connect(InetSocketAddress server) {
    return new RawConnection(server);
  }

  private static Duration cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Lines of the log; a newer JVM also warns, on the same stream, of native libraries. */
  private static long warnings(Path log) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(" WARN ")).count();
    }
  }
}
