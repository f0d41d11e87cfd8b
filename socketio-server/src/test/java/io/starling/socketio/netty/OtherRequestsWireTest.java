package io.starling.socketio.netty;

import static io.starling.socketio.netty.EchoServer.POLLING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.socketio.http.WebRequest;
import io.starling.socketio.http.WebResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the application answers by itself. */
class OtherRequestsWireTest {
  private static final int MAX_BODY_BYTES = 10;

  private final BlockingQueue<WebRequest> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
  private final CompletableFuture<WebResponse> later = new CompletableFuture<>();
  private final ExecutorService handlers =
      Executors.newCachedThreadPool(task -> new Thread(task, "handler"));
  private @Nullable String handlerThread;
  private EchoServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("page.txt"), "page");
    server =
        new EchoServer(
            engine -> engine,
            transport ->
                transport.maxRequestBodyBytes(MAX_BODY_BYTES).staticFiles("/files", folder));
    server.netty.onRequest(
        this::handle,
        handlers,
        (request, cause) -> failures.add(request.path() + " " + cause.getMessage()));
  }

  @AfterEach
  void stop() {
    server.close();
    handlers.shutdownNow();
  }

  private CompletionStage<WebResponse> handle(WebRequest request) throws IOException {
    requests.add(request);
    handlerThread = Thread.currentThread().getName();
    return switch (request.path()) {
      case "/throws" -> throw new IOException("secret reason");
      case "/fails" -> CompletableFuture.failedFuture(new IOException("secret reason"));
      case "/null" -> nothing();
      case "/later" -> later;
      case "/nothing" ->
          CompletableFuture.completedFuture(
              WebResponse.of(204).withBody("text/plain", "dropped".getBytes(UTF_8)));
      case "/fields" ->
          CompletableFuture.completedFuture(
              WebResponse.of(418).withHeader("Set-Cookie", "a=1").withHeader("Set-Cookie", "b=2"));
      default ->
          CompletableFuture.completedFuture(
              WebResponse.text(request.method() + " " + request.text()));
    };
  }

  @SuppressWarnings("NullAway") // Some applications are not checked.
  private static CompletionStage<WebResponse> nothing() {
    return null;
  }

  @Test
  void aRequestReachesTheHandlerWhole() throws InterruptedException {
    try (RawConnection connection = server.connect()) {
      connection.send("PUT", "/a%20b?x=1&x=2&y=%C3%A9", "body \u00e9", "X-One: 1");
      assertThat(connection.receive().body()).isEqualTo("PUT body \u00e9");
    }
    WebRequest request = requests.take();
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.path()).isEqualTo("/a b");
    assertThat(request.query()).containsEntry("x", List.of("1", "2"));
    assertThat(request.parameter("y")).isEqualTo("\u00e9");
    assertThat(request.header("x-one")).isEqualTo("1");
    assertThat(request.address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(request.secure()).isFalse();
    assertThat(request.text()).isEqualTo("body \u00e9");
  }

  @ParameterizedTest
  @CsvSource({
    "/a,             /a",
    "/a?,            /a",
    "/a+b?c+d=1,     /a+b",
    "/a?c%20d=1,     /a",
    "/a#c%20d=1,     /a",
    "/%61?c+d=1,     /a",
    "*,              *",
    "?c+d=1,         ''",
    "http://a/b?x,   http://a/b",
  })
  void aTargetIsTakenApart(String target, String path) throws InterruptedException {
    server.get(target);
    WebRequest request = requests.take();
    assertThat(request.path()).isEqualTo(path);
    assertThat(request.parameter("c d")).isEqualTo(target.contains("=") ? "1" : null);
  }

  @Test
  void theHandlerRunsOnNoEventLoop() {
    server.get("/x");
    assertThat(handlerThread).isEqualTo("handler");
  }

  @Test
  void statusAndFieldsAreThoseOfTheResponse() {
    RawConnection.Response response = server.get("/fields");
    assertThat(response.status()).isEqualTo(418);
    assertThat(response.headers())
        .containsEntry("set-cookie", "a=1, b=2")
        .containsEntry("content-length", "0")
        .containsKey("date");
  }

  @Test
  void aStatusWithoutBodyHasNone() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.get("/nothing").body()).isEmpty();
      assertThat(connection.get("/next").body()).isEqualTo("GET ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/throws", "/fails", "/null"})
  void aFailureIsTheServersAndItsReasonIsNotTold(String path) throws InterruptedException {
    try (RawConnection connection = server.connect()) {
      RawConnection.Response response = connection.get(path);
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.body()).isEqualTo("Internal server error");
      assertThat(failures.take()).startsWith(path + " ");
      assertThat(connection.get("/next").status()).isEqualTo(200);
    }
  }

  @Test
  void endpointsAndFilesComeFirst() {
    assertThat(server.get(POLLING).body()).startsWith("0{");
    assertThat(server.get("/engine.io/more").body()).contains("Transport unknown");
    assertThat(server.get("/files/page.txt").body()).isEqualTo("page");
    assertThat(requests).isEmpty();
  }

  @Test
  void whatNoFileIsThereForIsLeftToTheHandler() {
    assertThat(server.get("/files/other.txt").body()).isEqualTo("GET ");
    assertThat(server.get("/files").body()).isEqualTo("GET ");
    assertThat(server.post("/files/page.txt", "x").body()).isEqualTo("POST x");
  }

  @Test
  void aHeadHasNoBody() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.request("HEAD", "/x").headers())
          .containsEntry("content-length", "5")
          .containsEntry("content-type", "text/plain; charset=UTF-8");
      assertThat(connection.get("/next").body()).isEqualTo("GET ");
    }
  }

  @Test
  void requestsSentAheadWaitForAnAsynchronousResponse() {
    try (RawConnection connection = server.connect()) {
      connection.send("GET", "/later", "");
      connection.send("POST", "/next", "1");
      connection.send("GET", POLLING, "");
      await().until(() -> requests.size() == 1);
      later.complete(WebResponse.text("late"));

      assertThat(connection.receive().body()).isEqualTo("late");
      assertThat(connection.receive().body()).isEqualTo("POST 1");
      assertThat(connection.receive().body()).startsWith("0{");
    }
  }

  @Test
  void aClientThatLeavesBeforeItsResponseHarmsNobody() {
    try (RawConnection connection = server.connect()) {
      connection.send("GET", "/later", "");
      await().until(() -> requests.size() == 1);
    }
    later.complete(WebResponse.text("late"));
    assertThat(server.get("/next").status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsTooLongIsRefused() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.post("/x", "x".repeat(MAX_BODY_BYTES)).status()).isEqualTo(200);
      assertThat(connection.post("/x", "x".repeat(MAX_BODY_BYTES + 1)).status()).isEqualTo(413);
      String head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
      String chunk = "8\r\n12345678\r\n";
      connection.write((head + chunk + chunk + "0\r\n\r\n").getBytes(UTF_8));
      assertThat(connection.receive().status()).isEqualTo(413);
      assertThat(connection.get("/next").status()).isEqualTo(200);
    }
    assertThat(requests).hasSize(2);
  }

  @Test
  void aBodyThatIsTooLongIsNotAskedFor() {
    try (RawConnection connection = server.connect()) {
      connection.write(
          "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n"
              .getBytes(UTF_8));
      assertThat(connection.receive().status()).isEqualTo(413);
    }
  }

  @Test
  void aHandlerThatCannotRunIsUnavailable() {
    server.netty.onRequest(
        this::handle,
        task -> {
          throw new RejectedExecutionException();
        },
        (request, cause) -> {});
    assertThat(server.get("/x").status()).isEqualTo(503);
  }
}
