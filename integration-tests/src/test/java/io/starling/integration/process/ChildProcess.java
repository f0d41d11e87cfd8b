package io.starling.integration.process;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program started by a test. Its output, standard and error in one, is kept for the failure
 * message. It ends with {@link #close()}, and also when this JVM ends in whatever way: a shell that
 * holds the other end of a pipe of ours kills it when the pipe breaks.
 */
public final class ChildProcess implements AutoCloseable {
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Process watcher;
  private final Thread reader;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private ChildProcess(String name, Process process, Process watcher) {
    this.name = name;
    this.process = process;
    this.watcher = watcher;
    this.reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a program with this environment less Starling's own settings. */
  public static ChildProcess start(String name, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("STARLING_"));
    try {
      Process process = builder.start();
      try {
        return new ChildProcess(name, process, watch(process.pid()));
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name + ": " + command, e);
    }
  }

  private static Process watch(long pid) throws IOException {
    return new ProcessBuilder("sh", "-c", "read never; kill -9 " + pid)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (UncheckedIOException | IOException e) {
      lines.add("(output ends: " + e.getMessage() + ")");
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Writes to the program's standard input, and ends it. Blocks until all is taken. */
  public void input(List<String> text) {
    try (PrintWriter writer = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8))) {
      text.forEach(writer::println);
    }
  }

  /** Writes a line to the program's standard input. Blocks until the line is taken. */
  public void tell(String line) {
    try {
      Writer writer = process.outputWriter(StandardCharsets.UTF_8);
      writer.write(line + "\n");
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(describe("takes no input: " + line), e);
    }
  }

  /** The output so far, a line each. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /**
   * Waits for a line of output.
   *
   * @return the first match
   * @throws AssertionError with the output, when the program ends or the time is over before
   */
  public MatchResult awaitLine(Pattern pattern, Duration timeout) {
    await(name + " prints " + pattern)
        .atMost(timeout)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> find(pattern) != null || !reader.isAlive());
    Matcher found = find(pattern);
    if (found == null) {
      throw new AssertionError(describe("did not print " + pattern));
    }
    return found;
  }

  private @Nullable Matcher find(Pattern pattern) {
    for (String line : lines) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    return null;
  }

  /** Waits for the program to end by itself, and for all of its output; gives its status. */
  public int awaitExit(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(describe("did not end within " + timeout));
      }
      reader.join(KILL_TIMEOUT.toMillis());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(describe("was still running at the interrupt"), e);
    }
  }

  /** Waits for the program to end by itself, with status 0. */
  public void awaitSuccess(Duration timeout) {
    int status = awaitExit(timeout);
    if (status != 0) {
      throw new AssertionError(describe("ended with status " + status));
    }
  }

  /** Asks the program to end as Ctrl-C or a service manager does (SIGTERM). */
  public void terminate() {
    process.destroy();
  }

  /** Ends the program as a power cut does (SIGKILL), and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(KILL_TIMEOUT);
  }

  /** Stops the program and its children in their tracks, as a hung machine does (SIGSTOP). */
  public void freeze() {
    signal("-STOP");
  }

  /** Ends a {@link #freeze()}. */
  public void thaw() {
    signal("-CONT");
  }

  private void signal(String signal) {
    List<String> command = new ArrayList<>(List.of("kill", signal, Long.toString(pid())));
    process.descendants().forEach(child -> command.add(Long.toString(child.pid())));
    try {
      new ProcessBuilder(command).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What to say about this program when a test fails: the sentence, and all of its output. */
  public String describe(String what) {
    return name + " " + what + "; its output:\n  " + String.join("\n  ", lines);
  }

  @Override
  public void close() {
    watcher.destroyForcibly();
    kill();
  }
}
