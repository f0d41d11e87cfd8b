package io.starling.client.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens to one connection. The methods are called on I/O threads without a lock,
 * one after the other, and must not block.
 */
public interface EngineIoListener {
  /** The session is open; messages can be sent. */
  void opened();

  /** The transport changed from polling to WebSocket. */
  void upgraded();

  /** The change to WebSocket failed; polling goes on. */
  void upgradeFailed(String fault);

  /** A message arrived. */
  void message(EngineIoPacket.Message message);

  /**
   * The connection ended, or could not be opened. The last call.
   *
   * @param detail what happened and, where it helps, what was expected
   */
  void closed(CloseReason reason, String detail, @Nullable Throwable cause);
}
