package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigFaultsTest {
  @Test
  void valueThatHoldsASemicolonIsOneFault() {
    SocketIoServerConfig.Builder faulty =
        SocketIoServerConfig.builder().port(-1).staticFiles("a; b", Path.of(""));

    assertThatThrownBy(faulty::build)
        .hasMessage(
            "port: -1 (expected: 0 to 65535)\nstaticFiles: a; b (expected: a leading slash)");
  }
}
