package io.starling.integration.client;

import io.starling.integration.OptionalTool;
import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs the python-socketio server of the tests. */
public final class Python {
  private static final Path DIRECTORY = Path.of(System.getProperty("starling.python", "python"));
  private static final Path DEBIAN = Path.of("/usr/bin/python3");

  private Python() {}

  /**
   * Starts a script. To be called where {@link OptionalTool#require} may be; requires Debian's
   * packages python3-socketio and python3-aiohttp.
   */
  public static ChildProcess start(String script, String... arguments) {
    Optional<Path> python = Stream.of(DEBIAN, Path.of("python3")).filter(Python::suits).findFirst();
    Path found =
        OptionalTool.require(
            python, "python3 with socketio and aiohttp: not found (expected: Debian's packages)");
    return ChildProcess.start(
        script,
        Stream.concat(
                Stream.of(found.toString(), DIRECTORY.resolve(script).toString()),
                Stream.of(arguments))
            .toList());
  }

  private static boolean suits(Path python) {
    try {
      return new ProcessBuilder(List.of(python.toString(), "-c", "import socketio, aiohttp"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
