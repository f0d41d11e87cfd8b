package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostId;
import io.starling.manager.MissingHost;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that ask the servers, and how answers that are missing are told. */
final class Replies {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long to wait for answers, such as 500ms or 30s; default: 10s")
  private @Nullable Duration timeout;

  @Option(names = "--json", description = "Print the answers as JSON, one object a line.")
  private boolean json;

  /** Whether one of the options is on the command line. */
  boolean given() {
    return json || timeout != null;
  }

  boolean json() {
    return json;
  }

  Duration timeout() {
    return timeout == null ? BroadcastOperator.DEFAULT_ACK_TIMEOUT : timeout;
  }

  /** Asks the servers and waits for their answers. Blocks. */
  <A> A ask(RootCommand root, Function<Emitter, CompletionStage<A>> question) {
    try (Emitter emitter = root.emitter().withReplies().create()) {
      return question.apply(emitter).toCompletableFuture().join();
    }
  }

  /**
   * Tells which servers did not answer, or that there is none.
   *
   * @param answered how many servers answered
   * @return the exit status: 0 when at least one server answered and none is missing, else 1
   */
  static int status(RootCommand root, int answered, Map<HostId, MissingHost> missing) {
    if (answered == 0 && missing.isEmpty()) {
      root.tell("servers: none is listening (expected: at least one)");
      return 1;
    }
    missing.forEach((host, why) -> root.tell(text(host, why)));
    return missing.isEmpty() ? 0 : 1;
  }

  private static String text(HostId host, MissingHost why) {
    if (host.equals(HostId.UNKNOWN)) {
      return "servers: none told in time which servers there are (expected: at least one)";
    }
    String reason = why.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String counts =
        why.expected() == 0 ? "" : ", " + why.answered() + " of " + why.expected() + " answers";
    return "server " + host + ": " + reason + counts + " (expected: all answers)";
  }
}
