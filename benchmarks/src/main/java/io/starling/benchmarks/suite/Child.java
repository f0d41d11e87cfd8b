package io.starling.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that the run has started. Its output goes to a file. */
final class Child implements AutoCloseable {
  private static final long START_SECONDS = 90;
  private static final long END_SECONDS = 8;

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static Child start(
      Path folder, String name, Map<String, String> environment, List<String> command)
      throws IOException {
    Path log = Files.createTempFile(Files.createDirectories(folder), name + "-", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Child child = new Child(name, builder.start(), log);
    Runtime.getRuntime().addShutdownHook(new Thread(child::close));
    return child;
  }

  long pid() {
    return process.pid();
  }

  /** Waits until the process has printed a text. */
  Child await(String text) throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(log).contains(text)) {
      if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > endNanos) {
        close();
        throw new IOException(name + ": no \"" + text + "\" in " + log);
      }
    }
    return this;
  }

  /** Waits for a process that ends by itself. */
  void awaitEnd() throws IOException, InterruptedException {
    if (process.waitFor() != 0) {
      throw new IOException(name + ": status " + process.exitValue() + ", see " + log);
    }
  }

  /** Ends the process and all processes that it has started; by force after a few seconds. */
  @Override
  public void close() {
    List<ProcessHandle> family =
        Stream.concat(process.toHandle().descendants(), Stream.of(process.toHandle())).toList();
    family.forEach(ProcessHandle::destroy);
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    family.forEach(ProcessHandle::destroyForcibly);
  }
}
