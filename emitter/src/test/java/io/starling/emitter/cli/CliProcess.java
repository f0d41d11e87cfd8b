package io.starling.emitter.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The executable jar as a user starts it. */
final class CliProcess implements AutoCloseable {
  private final Process process;
  private final StringBuilder told = new StringBuilder();

  /** What it said, and how it ended. */
  record Result(int status, String out, String err) {}

  private CliProcess(Process process) {
    this.process = process;
  }

  static CliProcess start(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", Path.of("target", "emitter.jar").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("STARLING_"));
    // The poorest locale: no test may depend on what Java makes of it.
    builder.environment().put("LC_ALL", "POSIX");
    try {
      return new CliProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Result run(String... arguments) {
    try (CliProcess cli = start(arguments)) {
      return cli.end();
    }
  }

  /** Types a line, which is there at once. */
  void type(String line) {
    type(line.getBytes(StandardCharsets.UTF_8));
  }

  /** Types a line of any bytes. */
  void type(byte[] line) {
    try {
      OutputStream in = process.getOutputStream();
      in.write(line);
      in.write('\n');
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it writes this line to the error stream. */
  void awaitError(String line) {
    while (!told.toString().endsWith(line + "\n")) {
      try {
        int next = process.getErrorStream().read();
        if (next < 0) {
          throw new AssertionError("ended: " + told);
        }
        told.append((char) next);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Asks it to end, as {@code kill} does, and waits for that. */
  void stop() {
    // Unlike Process.destroy, this leaves the streams open.
    process.toHandle().destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + told);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends its input and waits for its end. */
  Result end() {
    try {
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String err =
          told + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      awaitEnd();
      return new Result(process.exitValue(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
