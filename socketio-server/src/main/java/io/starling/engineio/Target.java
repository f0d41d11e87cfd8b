package io.starling.engineio;

/** A recipient: something that lives on a session and may end before the session does. */
public interface Target {
  /** The session to write to; always the same one. Any thread. */
  EngineIoSession engineSession();

  /** Whether it still wants messages. Asked on the session's loop right before a write. */
  boolean open();
}
