package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
  private EchoServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    Path site = Files.createDirectories(directory.resolve("site/sub dir"));
    Files.writeString(directory.resolve("secret.txt"), "secret");
    Files.writeString(directory.resolve("site/index.html"), "<p>index</p>");
    Files.writeString(directory.resolve("site/app.js"), "app()");
    Files.writeString(directory.resolve("site/empty"), "");
    Files.writeString(directory.resolve("site/large.bin"), "0123456789".repeat(50_000));
    Files.writeString(site.resolve("index.html"), "sub");
    Files.createSymbolicLink(directory.resolve("site/link.txt"), directory.resolve("secret.txt"));
    Files.createSymbolicLink(directory.resolve("site/inside"), directory.resolve("site/app.js"));
    server =
        new EchoServer(
            engine -> engine,
            transport -> transport,
            netty ->
                netty
                    .staticFiles("/", directory.resolve("site"))
                    .staticFiles("/one.txt", directory.resolve("secret.txt"))
                    .staticFiles("/gone/", directory.resolve("gone")));
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
  }

  @Test
  void otherMethodsAreRefused() {
    RawConnection.Response response = server.post("/app.js", "x");

    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers()).containsEntry("allow", "GET, HEAD");
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
