package io.starling.integration.compatibility;

import io.starling.integration.client.JavaScript;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** permessage-deflate between the executable and the official JavaScript client. */
final class CompressionIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Test
  void theOfficialClientCompressesAndUnderstands() {
    try (ServerProcess server =
            ServerProcess.start("server", 0, "memory://", "--websocket-compression", "1024");
        ChildProcess script =
            JavaScript.installed().start("compressed.mjs", List.of(server.url().toString()))) {
      script.awaitSuccess(TIMEOUT);
    }
  }
}
