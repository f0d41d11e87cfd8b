package io.starling.emitter.cli;

import io.starling.manager.pubsub.BusMessage;
import io.starling.manager.pubsub.BusWatch;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** {@code watch}: prints what goes over the bus. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what servers and emitters send to all servers, one message a line, until Ctrl-C.",
      "",
      "A line is: time, sender#number, kind, namespace, rooms, event and arguments. Answers to one"
          + " server are not shown. A watch sends nothing and is no host; but where the broker"
          + " counts receivers (Redis, RabbitMQ), it counts as one."
    },
    footer = {
      "  emitter watch",
      "  emitter watch --room news --event price --lines 10",
      "  emitter watch --namespace /chat --for 30s --json >messages.ndjson"
    })
final class WatchCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long ENDING_SECONDS = 5;

  private final RootCommand root;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Only messages for this namespace. Repeatable.")
  private List<String> namespaces = new ArrayList<>();

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Only messages that name this room or client id. Repeatable.")
  private List<String> rooms = new ArrayList<>();

  @Option(
      names = "--event",
      paramLabel = "EVENT",
      description = "Only events of this name. Repeatable.")
  private List<String> events = new ArrayList<>();

  @Option(names = "--heartbeats", description = "Also the heartbeats of the servers.")
  private boolean heartbeats;

  @Option(names = "--json", description = "Print each message as one JSON object, never cut.")
  private boolean json;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "End after this time, such as 500ms, 10s or 5m.")
  private @Nullable Duration time;

  @Option(names = "--lines", paramLabel = "N", description = "End after so many messages.")
  private long lines = Long.MAX_VALUE;

  WatchCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    if (lines < 1) {
      throw root.fault("--lines: " + lines + " (expected: at least 1)");
    }
    WatchQueue queue = new WatchQueue(this::isWanted);
    CountDownLatch ended = new CountDownLatch(1);
    Thread printing = Thread.currentThread();
    Thread ending = new Thread(() -> end(printing, ended), "starling-watch-end");
    Runtime.getRuntime().addShutdownHook(ending);
    try (BusWatch watch = BusWatch.create(root.url(), queue)) {
      return print(queue, watch.start().toCompletableFuture()) ? 0 : 1;
    } finally {
      ended.countDown();
      forget(ending);
    }
  }

  /** Ends the printing at Ctrl-C, and waits for its last lines. */
  private static void end(Thread printing, CountDownLatch ended) {
    printing.interrupt();
    try {
      ended.await(ENDING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the hook is running.
    }
  }

  /** Returns whether the watch was connected. */
  private boolean print(WatchQueue queue, CompletableFuture<Void> started) {
    long sinceNanos = System.nanoTime();
    boolean watching = false;
    boolean timed = false;
    long shown = 0;
    try {
      while (shown < lines && !root.out().checkError()) {
        Duration left = timed ? left(sinceNanos) : PATIENCE;
        if (left.isNegative()) {
          break;
        }
        Duration patience = left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
        BusMessage message = watching ? queue.next(patience) : null;
        boolean begins = !watching && isDone(started, patience);
        for (String note = queue.note(); note != null; note = queue.note()) {
          root.tell(note);
          // The time also runs while the broker is away, but not while the watch connects at first.
          sinceNanos = timed ? sinceNanos : System.nanoTime();
          timed = true;
        }
        if (begins) {
          watching = true;
          timed = true;
          sinceNanos = System.nanoTime();
          root.tell("watching; Ctrl-C ends");
        }
        if (message != null) {
          root.out().println(format(message));
          shown++;
        }
      }
    } catch (InterruptedException e) {
      // Ctrl-C was pressed. The summary follows.
    }
    root.out().flush();
    if (!watching) {
      root.tell("connection: never open (expected: a broker that answers)");
    }
    root.tell(
        shown
            + " messages shown, "
            + queue.lost()
            + " not shown because the output was slow, "
            + queue.malformed()
            + " malformed");
    return watching;
  }

  private static boolean isDone(CompletableFuture<Void> started, Duration atMost)
      throws InterruptedException {
    try {
      started.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private Duration left(long sinceNanos) {
    return time == null ? PATIENCE : time.minusNanos(System.nanoTime() - sinceNanos);
  }

  private String format(BusMessage message) {
    WatchFormat format = new WatchFormat(ZoneId.systemDefault());
    return json ? format.json(message) : format.line(message, width());
  }

  /** The width of the terminal; without limit where the output is no terminal. */
  private static int width() {
    return new UsageMessageSpec().width(Integer.MAX_VALUE).autoWidth(true).width();
  }

  private boolean isWanted(BusMessage message) {
    if (message.kind().equals("heartbeat") && !heartbeats) {
      return false;
    }
    boolean placed = namespaces.isEmpty() || namespaces.contains(message.namespace());
    boolean named = rooms.isEmpty() || rooms.stream().anyMatch(room -> names(message, room));
    return placed && named && (events.isEmpty() || events.contains(WatchFormat.event(message)));
  }

  private static boolean names(BusMessage message, String room) {
    return message.recipients().rooms().contains(room)
        || message.recipients().except().contains(room)
        || message.details().values().stream()
            .anyMatch(value -> value instanceof List<?> list && list.contains(room));
  }
}
