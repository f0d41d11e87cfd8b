package io.starling.engineio;

/** The sessions of one endpoint. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class EngineIoServer {
  private final EngineIoConfig config;
  private final EngineIoListener listener;

  /** A server without sessions; a carrier such as the Netty server brings it clients. */
  public EngineIoServer(EngineIoConfig config, EngineIoListener listener) {
    this.config = config;
    this.listener = listener;
  }

  /** The settings of the server. */
  public EngineIoConfig config() {
    return config;
  }

  /**
   * Sends a message to many targets: one task for each of their event loops, which leaves out the
   * targets that are not open by then. Any thread; never blocks. What one thread sends reaches
   * every session in the order of its calls.
   *
   * @param targets read during the call only
   */
  public void send(Iterable<? extends Target> targets, OutboundMessage message) {
    throw new UnsupportedOperationException(listener.toString());
  }

  /** Sends a message to one target, in the same order as the messages to many. */
  public void send(Target target, OutboundMessage message) {
    throw new UnsupportedOperationException();
  }

  /** Ends all sessions as {@link CloseReason#SERVER_SHUTTING_DOWN} and opens no more. */
  public void close() {
    throw new UnsupportedOperationException();
  }
}
