package io.starling.integration.client;

import io.starling.integration.OptionalTool;
import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the scripts that drive the official JavaScript clients in Node. */
public final class JavaScript {
  private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(2);
  private static final Path DIRECTORY = Path.of(System.getProperty("starling.javascript", "js"));

  private final String node;

  private JavaScript(String node) {
    this.node = node;
  }

  /**
   * Finds Node, and installs the clients if they are not as the lock file says. To be called where
   * {@link OptionalTool#require} may be.
   */
  public static JavaScript installed() {
    JavaScript javaScript = new JavaScript(OptionalTool.require("node").toString());
    if (!upToDate()) {
      String npm = OptionalTool.require("npm").toString();
      List<String> install = List.of(npm, "--prefix", DIRECTORY.toString(), "--no-audit", "ci");
      try (ChildProcess process = ChildProcess.start("npm ci", install)) {
        process.awaitSuccess(INSTALL_TIMEOUT);
      }
    }
    return javaScript;
  }

  /** What npm wrote at its end is not older than the lock file. */
  private static boolean upToDate() {
    Path done = DIRECTORY.resolve("node_modules/.package-lock.json");
    try {
      return Files.exists(done)
          && Files.getLastModifiedTime(done)
                  .compareTo(Files.getLastModifiedTime(DIRECTORY.resolve("package-lock.json")))
              >= 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a script. */
  public ChildProcess start(String script, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(node, DIRECTORY.resolve(script).toString()));
    command.addAll(arguments);
    return ChildProcess.start(script, command);
  }
}
