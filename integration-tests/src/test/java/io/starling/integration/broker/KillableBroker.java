package io.starling.integration.broker;

/** A broker as a child process, which a test may kill and start again. */
public interface KillableBroker extends TestBroker.Running {
  /** A port of the loopback. */
  int port();

  /** Ends the broker as a power cut does. */
  void kill();

  /** Starts the broker again after {@link #kill()}, on the same port. */
  void restart();

  /** Stops the broker in its tracks: its connections stay, and nothing answers. */
  void freeze();

  /** Ends a {@link #freeze()}. */
  void thaw();
}
