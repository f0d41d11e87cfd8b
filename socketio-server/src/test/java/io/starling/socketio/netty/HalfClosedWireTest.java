package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import io.starling.socketio.http.WebResponse;
import io.starling.socketio.transport.IoKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that end their output behind their last request, as {@code nc -N} does. */
class HalfClosedWireTest {
  private final LinkedBlockingQueue<CompletableFuture<WebResponse>> asked =
      new LinkedBlockingQueue<>();

  private EchoServer start(IoKind kind, Path folder) throws IOException {
    Skip.unlessAvailable(kind);
    Files.writeString(folder.resolve("page.txt"), "page");
    EchoServer server =
        new EchoServer(
            engine -> engine, transport -> transport.io(kind).staticFiles("/files", folder));
    server.netty.onRequest(
        request -> {
          CompletableFuture<WebResponse> answer = new CompletableFuture<>();
          asked.add(answer);
          return answer;
        },
        Runnable::run,
        (request, cause) -> {});
    return server;
  }

  @ParameterizedTest
  @EnumSource
  void aRequestOfTheApplicationIsAnswered(IoKind kind, @TempDir Path folder) throws Exception {
    try (EchoServer server = start(kind, folder);
        RawConnection connection = server.connect()) {
      connection.send("POST", "/x", "body");
      connection.endOutput();
      // The loop has seen the end of the input when it has served a later connection.
      CompletableFuture<WebResponse> answer = asked.take();
      for (int i = 0; i < 3; i++) {
        server.get(POLLING);
      }
      answer.complete(WebResponse.text("answer"));

      assertThat(connection.receive().body()).isEqualTo("answer");
      assertThat(connection.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void requestsSentAheadAreAnsweredInTheirOrder(IoKind kind, @TempDir Path folder)
      throws Exception {
    try (EchoServer server = start(kind, folder);
        RawConnection connection = server.connect()) {
      connection.send("GET", "/x", "");
      connection.send("GET", "/files/page.txt", "");
      connection.send("GET", "/y", "");
      connection.endOutput();
      asked.take().complete(WebResponse.text("x"));

      assertThat(connection.receive().body()).isEqualTo("x");
      assertThat(connection.receive().body()).isEqualTo("page");
      asked.take().complete(WebResponse.text("y"));
      assertThat(connection.receive().body()).isEqualTo("y");
      assertThat(connection.ended()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatIsNotWholeEndsTheConnection(IoKind kind, @TempDir Path folder) throws Exception {
    try (EchoServer server = start(kind, folder);
        RawConnection connection = server.connect()) {
      connection.write(
          "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf".getBytes(UTF_8));
      connection.endOutput();

      assertThat(connection.ended()).isTrue();
      assertThat(asked).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPollThatIsGivenUpStillEndsItsSession(IoKind kind, @TempDir Path folder) throws Exception {
    try (EchoServer server = start(kind, folder);
        RawConnection connection = server.connect()) {
      String session = server.openPolling();
      connection.get("/files/page.txt");
      connection.send("GET", session, "");
      connection.endOutput();

      assertThat(server.nextClose()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }
  }
}
