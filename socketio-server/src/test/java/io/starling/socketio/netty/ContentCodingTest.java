package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentCodingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "gzip > gzip",
        "deflate > deflate",
        "deflate, gzip > gzip",
        "GZIP;Q=0.3, deflate; q=0.8 > deflate",
        "br > none",
        "'' > none",
        "* > gzip",
        "gzip;q=0, * > deflate",
        "gzip;q=0 > none",
        "identity, gzip;q=0.5 > none",
        "identity;q=0.5, gzip > gzip",
        "gzip;q=2 > none",
        "gzip;q= > none"
      })
  void theClientChooses(String accepted, String chosen) {
    assertThat(
            ContentCoding.of(new DefaultHttpHeaders().add("Accept-Encoding", accepted))
                .map(ContentCoding::text)
                .orElse("none"))
        .isEqualTo(chosen);
  }
}
