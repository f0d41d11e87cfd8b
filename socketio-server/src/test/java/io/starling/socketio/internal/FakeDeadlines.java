package io.starling.socketio.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Deadlines that pass when the test says so. */
final class FakeDeadlines implements Deadlines {
  final List<Duration> delays = new ArrayList<>();
  private final List<Runnable> tasks = new ArrayList<>();

  /** What happens as soon as a deadline is set. */
  Runnable onceSet = () -> {};

  @Override
  public Runnable after(Duration delay, Runnable task) {
    delays.add(delay);
    tasks.add(task);
    onceSet.run();
    return () -> tasks.remove(task);
  }

  void passAll() {
    List<Runnable> due = List.copyOf(tasks);
    tasks.clear();
    due.forEach(Runnable::run);
  }

  int pending() {
    return tasks.size();
  }
}
