package io.starling.client.engineio;

import java.time.Duration;

/** The clock of a client. */
public interface Timers {
  /** A time that only differences make sense of. */
  long nanos();

  /** Runs a task later, on the timer's thread. The task must not block. */
  Task schedule(Duration delay, Runnable task);

  /** A task that has not run yet. */
  interface Task {
    /** Does nothing if the task has run. */
    void cancel();
  }
}
