package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpCompressionWireTest {
  private static final String GZIP = "Accept-Encoding: gzip, deflate, br";
  private static final String LARGE = "x".repeat(1023);

  private EchoServer server = new EchoServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aLargeResponseIsCompressedAsTheClientLikesBest() {
    assertGzip(poll(LARGE, true, GZIP));
    RawConnection.Response deflated = poll(LARGE, true, "Accept-Encoding: gzip;q=0.5, deflate");
    assertThat(deflated.headers()).containsEntry("content-encoding", "deflate");
    assertThat(plain(deflated)).isEqualTo("4" + LARGE);
  }

  @Test
  void aClientThatDoesNotAcceptItGetsItPlainAndCachesAreTold() {
    RawConnection.Response response = poll(LARGE, true);
    assertThat(response.headers()).doesNotContainKey("content-encoding");
    assertThat(response.headers().get("vary")).contains("Accept-Encoding");
    assertThat(response.body()).isEqualTo("4" + LARGE);
    assertThat(poll(LARGE, true, "Accept-Encoding: gzip;q=0").headers())
        .doesNotContainKey("content-encoding");
  }

  @Test
  void aResponseOfLessThan1024BytesIsNotCompressed() {
    RawConnection.Response response = poll("x".repeat(1022), true, GZIP);
    assertThat(response.headers()).doesNotContainKey("content-encoding");
    assertThat(response.headers().get("vary")).doesNotContain("Accept-Encoding");
  }

  @Test
  void messagesThatMustNotBeCompressedAreNotUnlessAnotherMay() {
    assertThat(poll(LARGE, false, GZIP).headers()).doesNotContainKey("content-encoding");

    String session = server.openPolling();
    send(session, LARGE, false);
    send(session, "y", true);
    try (RawConnection connection = server.connect()) {
      assertThat(connection.get(session, GZIP).headers()).containsEntry("content-encoding", "gzip");
    }
  }

  @Test
  void theThresholdIsASetting() {
    restart(new CompressionThreshold(2));
    assertThat(poll("x", true, GZIP).headers()).containsEntry("content-encoding", "gzip");
    restart(CompressionThreshold.OFF);
    RawConnection.Response response = poll("x".repeat(100_000), true, GZIP);
    assertThat(response.headers()).doesNotContainKey("content-encoding");
    assertThat(response.headers().get("vary")).doesNotContain("Accept-Encoding");
  }

  @Test
  void staticTextsAreCompressedAndOtherFilesAreNot(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("a.js"), LARGE + "x");
    Files.writeString(folder.resolve("a.png"), LARGE + "x");
    try (EchoServer files = new EchoServer(transport -> transport.staticFiles("/", folder));
        RawConnection connection = files.connect()) {
      RawConnection.Response script = connection.get("/a.js", GZIP);
      assertThat(script.headers())
          .containsEntry("content-encoding", "gzip")
          .containsEntry("vary", "Accept-Encoding")
          .containsEntry("content-type", "text/javascript; charset=UTF-8");
      assertThat(plain(script)).isEqualTo(LARGE + "x");
      assertThat(connection.get("/a.png", GZIP).headers()).doesNotContainKey("content-encoding");
      assertThat(connection.request("HEAD", "/a.js", GZIP).headers())
          .containsEntry("content-length", script.headers().get("content-length"));
    }
  }

  private static void assertGzip(RawConnection.Response response) {
    assertThat(response.headers())
        .containsEntry("content-encoding", "gzip")
        .containsEntry("content-length", String.valueOf(response.bytes().remaining()))
        .containsEntry("vary", "Origin, Accept-Encoding");
    assertThat(response.bytes().remaining()).isLessThan(100);
    assertThat(plain(response)).isEqualTo("4" + LARGE);
  }

  private void restart(CompressionThreshold threshold) {
    server.close();
    server = new EchoServer(transport -> transport.httpCompression(threshold));
  }

  private RawConnection.Response poll(String text, boolean compress, String... headers) {
    String session = server.openPolling();
    send(session, text, compress);
    try (RawConnection connection = server.connect()) {
      return connection.get(session, headers);
    }
  }

  private void send(String session, String text, boolean compress) {
    ByteBuffer data = StandardCharsets.UTF_8.encode(text);
    server.engine.send(
        new EchoServer.OpenTarget(server.session(session)),
        new OutboundMessage(List.of(new EngineIoPacket.Message(data, false)), false, compress));
  }

  private static String plain(RawConnection.Response response) {
    InputStream bytes = new ByteArrayInputStream(response.bytes().array());
    try (InputStream in =
        "gzip".equals(response.headers().get("content-encoding"))
            ? new GZIPInputStream(bytes)
            : new InflaterInputStream(bytes)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
