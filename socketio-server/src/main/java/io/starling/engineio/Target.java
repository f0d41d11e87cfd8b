package io.starling.engineio;

/**
 * A recipient of messages, such as a Socket.IO socket. It belongs to one session and may end before
 * the session does.
 */
public interface Target {
  /** The session that carries the messages; every call returns the same one. Any thread. */
  EngineIoSession engineSession();

  /** Whether this target still wants messages. Called on the session's loop before each write. */
  boolean open();
}
