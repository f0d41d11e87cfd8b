package io.starling.integration.failures;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostResponses;
import io.starling.protocol.payload.Arguments;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Emits numbered messages {@code ["n", stream, number, sentAtMillis]}, each stream from 0 on, and
 * tells which of them the manager gave back as not sent. A stream is named {@code origin-kind}.
 */
final class Numbers {
  /** How many rooms mixed traffic uses. */
  static final int ROOMS = 30;

  private static final int TICK_MILLIS = 10;
  private static final int LARGE_TICKS = 1_000;
  private static final int LARGE_CHARACTERS = 100_000;

  private final String origin;
  private final BroadcastOperator everybody;
  private final Map<String, Integer> next = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> questions = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private int turn;
  private int large;

  Numbers(String origin, BroadcastOperator everybody) {
    this.origin = origin;
    this.everybody = everybody;
  }

  /**
   * Begins.
   *
   * @param what {@code plain}: 100 emits to all in a second; {@code mixed}: 50 to rooms, 2 to all,
   *     1 with an attachment, 1 with acks and a query every 2 s; {@code few}: 5 emits to all in a
   *     second; {@code large}: 20 emits of 100 kB to all in a second, for 10 s
   */
  void start(String what) {
    Runnable tick =
        switch (what) {
          case "plain" -> () -> emit("all", everybody);
          case "few" -> this::few;
          case "large" -> this::large;
          default -> this::mixed;
        };
    ScheduledFuture<?> unused =
        clock.scheduleAtFixedRate(() -> guarded(tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable tick) {
    try {
      tick.run();
    } catch (RuntimeException e) {
      Telling.say("broken", e);
    }
  }

  private void few() {
    if (turn++ % 20 == 0) {
      emit("all", everybody);
    }
  }

  private void large() {
    if (large < LARGE_TICKS && large++ % 5 == 0) {
      emit("large", everybody, "x".repeat(LARGE_CHARACTERS));
    }
  }

  private void mixed() {
    turn++;
    String room = "room" + turn / 2 % ROOMS;
    if (turn % 2 == 0) {
      emit(room, everybody.to(room));
    }
    if (turn % 50 == 0) {
      emit("all", everybody);
    }
    if (turn % 100 == 25) {
      emit("binary", everybody, new byte[] {1, 2, (byte) turn});
    }
    if (turn % 100 == 75) {
      CompletionStage<AckResponses<Arguments>> asked =
          everybody
              .to(room)
              .emitWithAck("n", stream(room), number(room), System.currentTimeMillis());
      count("acks", asked.thenApply(AckResponses::complete));
    }
    if (turn % 200 == 0) {
      count("queries", everybody.count().thenApply(HostResponses::complete));
    }
  }

  private String stream(String kind) {
    return origin + "-" + kind;
  }

  private int number(String kind) {
    return next.merge(stream(kind), 1, Integer::sum) - 1;
  }

  private void emit(String kind, BroadcastOperator target, Object... attachment) {
    String stream = stream(kind);
    int number = number(kind);
    long now = System.currentTimeMillis();
    CompletionStage<Accepted> accepted =
        attachment.length == 0
            ? target.emit("n", stream, number, now)
            : target.emit("n", stream, number, now, attachment[0]);
    accepted.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            Telling.say("failed", outcome(failure), stream + ":" + number);
          }
        });
  }

  /** Whether a failed emit may have been sent, as a word. */
  static String outcome(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof BackendUnavailableException unavailable
        ? unavailable.outcome().name()
        : cause.toString();
  }

  private void count(String kind, CompletionStage<Boolean> complete) {
    tally(kind + ".asked").incrementAndGet();
    complete.whenComplete(
        (all, failure) ->
            tally(kind + (failure != null ? ".failed" : all ? ".complete" : ".incomplete"))
                .incrementAndGet());
  }

  private AtomicLong tally(String name) {
    return questions.computeIfAbsent(name, made -> new AtomicLong());
  }

  /** Ends, and tells how many messages each stream has. */
  void stop() {
    clock.shutdown();
    try {
      if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
        Telling.say("broken", "the sender does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    next.forEach((stream, count) -> Telling.say("sent", stream, count));
    Telling.say("stopped");
  }

  /** How the questions ended, as {@code name=count}. */
  String questions() {
    StringBuilder text = new StringBuilder();
    questions.forEach((name, count) -> text.append(' ').append(name).append('=').append(count));
    return text.toString();
  }
}
