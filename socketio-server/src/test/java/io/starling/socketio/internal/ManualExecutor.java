package io.starling.socketio.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Runs tasks when the test says so, one after the other. */
final class ManualExecutor implements Executor {
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  boolean broken;

  /** Whether the next task is not taken. */
  boolean brokenOnce;

  @Override
  public void execute(Runnable task) {
    if (brokenOnce) {
      brokenOnce = false;
      throw new AssertionError("broken once");
    }
    if (broken) {
      throw new IllegalStateException("broken");
    }
    tasks.add(task);
  }

  /** Runs the task that came first. */
  void runOne() {
    tasks.remove().run();
  }

  /** Whether there was anything to run. */
  boolean runAll() {
    boolean ran = !tasks.isEmpty();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    return ran;
  }
}
