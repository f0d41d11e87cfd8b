package io.starling.integration.ours;

import io.starling.integration.client.JavaScript;
import io.starling.integration.client.Python;
import io.starling.integration.process.ServerProcess;
import java.util.List;

/**
 * The servers that know the vocabulary of {@link
 * io.starling.integration.application.TestApplication}. Each pings every second.
 */
enum ServerKind {
  NODE {
    @Override
    ServerProcess start(int port) {
      return ServerProcess.awaitReady(
          JavaScript.installed().start("server.mjs", List.of(Integer.toString(port))));
    }
  },
  /** The official server with connection state recovery, which changes all its events. */
  NODE_RECOVERY {
    @Override
    ServerProcess start(int port) {
      return ServerProcess.awaitReady(
          JavaScript.installed()
              .start("server.mjs", List.of(Integer.toString(port), "recovery")));
    }
  },
  PYTHON {
    @Override
    ServerProcess start(int port) {
      return ServerProcess.awaitReady(Python.start("server.py", Integer.toString(port)));
    }
  },
  STARLING {
    @Override
    ServerProcess start(int port) {
      return ServerProcess.start(
          "starling", port, "memory://", "--ping-interval", "1s", "--ping-timeout", "5s");
    }
  };

  /**
   * Starts the server, or skips the test if a program is missing.
   *
   * @param port 0 for a free one
   */
  abstract ServerProcess start(int port);
}
