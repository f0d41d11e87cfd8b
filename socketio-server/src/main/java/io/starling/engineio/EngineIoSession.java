package io.starling.engineio;

import org.jspecify.annotations.Nullable;

/** One client's connection, over whatever transports. Its state belongs to one event loop. */
public final class EngineIoSession {
  private final String id;
  private final HandshakeRequest request;
  private final SessionExecutor loop;
  private volatile @Nullable Object attachment;

  EngineIoSession(String id, HandshakeRequest request, SessionExecutor loop) {
    this.id = id;
    this.request = request;
    this.loop = loop;
  }

  /** The session id: 20 characters, secret between the server and this client. */
  public String id() {
    return id;
  }

  /** The request that opened the session. */
  public HandshakeRequest request() {
    return request;
  }

  /** The event loop that owns the session, for its whole life. */
  public SessionExecutor loop() {
    return loop;
  }

  /**
   * Ends the session after everything that the calling thread sent to it before. Does nothing when
   * it has ended. Any thread; never blocks.
   */
  public void close(CloseReason reason) {
    loop.execute(() -> attachment = reason);
  }

  /** Whether the client keeps up. On the loop only. */
  public boolean writable() {
    return false;
  }

  /** How many bytes wait for the client. On the loop only. */
  public long queuedBytes() {
    return 0;
  }

  /** Ties an object of the layer above to the session. */
  public void attach(Object value) {
    attachment = value;
  }

  /** What was attached last, or null. */
  public @Nullable Object attachment() {
    return attachment;
  }
}
