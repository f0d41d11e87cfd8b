package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.StaticFilesConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
  private static final long HUGE = 64 << 20;

  private final Path directory;
  private EchoServer server;

  StaticFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws IOException {
    Path site = Files.createDirectories(directory.resolve("site/sub dir"));
    Files.writeString(directory.resolve("secret.txt"), "secret");
    Files.writeString(directory.resolve("site/index.html"), "<p>index</p>");
    Files.writeString(directory.resolve("site/app.js"), "app()");
    Files.writeString(directory.resolve("site/empty"), "");
    Files.writeString(directory.resolve("site/long.txt"), "0123456789".repeat(500));
    Files.writeString(directory.resolve("site/TITLE.HTM"), "title");
    try (RandomAccessFile huge =
        new RandomAccessFile(directory.resolve("site/huge").toFile(), "rw")) {
      huge.setLength(HUGE);
    }
    Files.writeString(directory.resolve("site/large.bin"), "0123456789".repeat(50_000));
    Files.writeString(site.resolve("index.html"), "sub");
    Files.createSymbolicLink(directory.resolve("site/link.txt"), directory.resolve("secret.txt"));
    Files.createSymbolicLink(directory.resolve("site/inside"), directory.resolve("site/app.js"));
    Path gone = Files.createDirectory(directory.resolve("gone"));
    Files.createDirectory(directory.resolve("site/no index"));
    StaticFilesConfig files =
        SocketIoServerConfig.builder()
            .staticFiles("/", directory.resolve("site"))
            .staticFiles("/app", directory.resolve("site/sub dir"))
            .staticFiles("/app/app.js", directory.resolve("secret.txt"))
            .staticFiles("/slash/", directory.resolve("site/sub dir"))
            .staticFiles("/one.txt", directory.resolve("secret.txt"))
            .staticFiles("/page", directory.resolve("secret.txt"), "application/x-page")
            .staticFiles("/only/", directory.resolve("secret.txt"))
            .staticFiles("/gone/", gone)
            .staticFiles("/engine.io/client.js", directory.resolve("site/app.js"))
            .staticType("BIN", "application/x-large")
            .staticCacheControl("max-age=60")
            .build()
            .staticFiles();
    Files.delete(gone);
    server =
        new EchoServer(
            engine -> engine,
            transport -> transport.requestTimeout(Duration.ofMillis(400)),
            netty -> netty.staticFiles(files));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/,                    text/html; charset=UTF-8,       <p>index</p>",
    "/index.html?x=1,      text/html; charset=UTF-8,       <p>index</p>",
    "/app.js,              text/javascript; charset=UTF-8, app()",
    "/inside,              text/javascript; charset=UTF-8, app()",
    "/empty,               application/octet-stream,       ''",
    "/sub%20dir/,          text/html; charset=UTF-8,       sub",
    "/sub%20dir/../app.js, text/javascript; charset=UTF-8, app()",
    "/one.txt,             text/plain; charset=UTF-8,      secret",
    "/page,                application/x-page,             secret",
    "/only/,               text/plain; charset=UTF-8,      secret",
    "/TITLE.HTM,           text/html; charset=UTF-8,       title",
    "/app/,                text/html; charset=UTF-8,       sub",
    "/app/app.js,          text/plain; charset=UTF-8,      secret",
    "/slash/index.html,    text/html; charset=UTF-8,       sub",
  })
  void aFileIsServedWithItsType(String path, String type, String content) {
    RawConnection.Response response = server.get(path);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers()).containsEntry("content-type", type);
    assertThat(response.body()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub%20dir/../../secret.txt",
        "//../secret.txt",
        "/link.txt",
        "/nothing",
        "/app.js/",
        "/one.txt/more",
        "/%00",
        "/gone/",
        "//etc/passwd",
        "/application",
        "/app/nothing",
        "/no%20index",
        "/no%20index/",
        "/page/",
        "/app%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
      })
  void nothingElseIsServed(String path) {
    RawConnection.Response response = server.get(path);

    assertThat(response.status()).isEqualTo(404);
    assertThat(response.body()).doesNotContain("secret", "root:");
  }

  @Test
  void aLargeFileArrivesWhole() {
    assertThat(server.get("/large.bin").body()).hasSize(500_000).endsWith("789");
  }

  @Test
  void aHeadTellsTheLengthOnly() {
    try (RawConnection connection = server.connect()) {
      assertThat(connection.request("HEAD", "/app.js").headers())
          .containsEntry("content-length", "5");
      assertThat(connection.get("/app.js").body()).isEqualTo("app()");
    }
  }

  @Test
  void aDirectoryWithoutItsSlashRedirects() {
    RawConnection.Response response = server.get("/sub%20dir");

    assertThat(response.status()).isEqualTo(301);
    assertThat(response.headers()).containsEntry("location", "/sub%20dir/");
    assertThat(server.get("/app").headers()).containsEntry("location", "/app/");
    assertThat(server.get("/slash").headers()).containsEntry("location", "/slash/");
    assertThat(server.get("//sub%20dir").headers()).containsEntry("location", "/sub%20dir/");
  }

  @Test
  void aFileSaysHowLongItMayBeKept() {
    Map<String, String> headers = server.get("/app.js").headers();
    assertThat(headers)
        .containsEntry("cache-control", "max-age=60")
        .containsEntry("x-content-type-options", "nosniff")
        .containsKeys("etag", "last-modified");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/app.js", "/large.bin", "/long.txt"})
  void aFileThatTheClientHasIsNotSentAgain(String path) {
    try (RawConnection connection = server.connect()) {
      RawConnection.Response first = connection.get(path);
      String tag = String.valueOf(first.headers().get("etag"));
      String changed = first.headers().get("last-modified");

      for (String condition :
          List.of(
              "If-None-Match: " + tag,
              "If-None-Match: \"other\", " + tag.substring(2),
              "If-None-Match: *",
              "If-Modified-Since: " + changed)) {
        RawConnection.Response again = connection.get(path, condition);
        assertThat(again.status()).as(condition).isEqualTo(304);
        assertThat(again.headers())
            .containsEntry("etag", tag)
            .containsEntry("cache-control", "max-age=60")
            .doesNotContainKeys("content-length", "content-type");
        assertThat(again.headers().get("vary")).isEqualTo(first.headers().get("vary"));
      }
    }
  }

  @Test
  void aFileThatTheClientHasNotIsSent() {
    String changed = server.get("/app.js").headers().get("last-modified");
    try (RawConnection connection = server.connect()) {
      for (String[] conditions :
          new String[][] {
            {"If-None-Match: \"other\"", "If-Modified-Since: " + changed},
            {"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT"},
            {"If-Modified-Since: yesterday"},
            {"If-Modified-Since: " + "x".repeat(65)}
          }) {
        assertThat(connection.get("/app.js", conditions).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aChangedFileHasAnotherTag() throws IOException {
    String before = server.get("/app.js").headers().get("etag");
    Files.writeString(directory.resolve("site/app.js"), "changed()");

    assertThat(server.get("/app.js").headers().get("etag")).isNotEqualTo(before);
  }

  @Test
  void aClientThatStopsReadingIsGivenUp() {
    try (RawConnection connection = server.connect()) {
      connection.send("GET", "/huge", "");
      for (int i = 0; i < 4; i++) {
        // As long as a client may take for a chunk.
        server.get("/nothing");
        try (RawConnection idle = server.connect()) {
          assertThat(idle.ended()).isTrue();
        }
      }
      assertThatThrownBy(connection::receive).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void aFileThatBecomesShorterEndsItsConnection() throws IOException {
    try (EchoServer patient =
            new EchoServer(settings -> settings.staticFiles("/", directory.resolve("site")));
        RawConnection connection = patient.connect()) {
      connection.send("GET", "/huge", "");
      connection.receiveHead();
      try (RandomAccessFile huge =
          new RandomAccessFile(directory.resolve("site/huge").toFile(), "rw")) {
        huge.setLength(1);
      }

      assertThat(connection.ended()).isTrue();
    }
  }

  @Test
  void otherMethodsAreRefused() {
    RawConnection.Response response = server.post("/app.js", "x");

    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers()).containsEntry("allow", "GET, HEAD");
    assertThat(server.post("/nothing", "x").status()).isEqualTo(404);
  }

  @Test
  void aFileWithARuleOfItsOwnBelowAnEndpointIsServed() {
    assertThat(server.get("/engine.io/client.js").body()).isEqualTo("app()");
    assertThat(server.get("/engine.io/other.js").body()).contains("Transport unknown");
  }

  @Test
  void endpointsComeBeforeFiles() {
    assertThat(server.get(EchoServer.POLLING).status()).isEqualTo(200);
  }

  @Test
  void aClientThatLeavesInTheMiddleHarmsNobody() {
    try (RawConnection connection = server.connect()) {
      connection.send("GET", "/large.bin", "");
    }
    assertThat(server.get("/app.js").body()).isEqualTo("app()");
  }
}
