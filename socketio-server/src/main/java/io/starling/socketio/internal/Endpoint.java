package io.starling.socketio.internal;

import io.starling.engineio.EngineIoServer;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.ClientManager;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.socketio.PacketLimits;
import io.starling.socketio.Handshake;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.SocketIoServerConfig;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections and namespaces of a server share. Safe for any thread.
 *
 * @param handlers runs the application's handlers
 * @param callbacks completes the stages of acks and emits. The server's own callback threads are
 *     not its handler threads, so handlers that block for a stage do not occupy the threads that
 *     complete it. An executor of the application serves both purposes.
 * @param deadlines the timer
 * @param anyNamespace the handlers for the sockets of all namespaces
 * @param hostCodec for data that only servers exchange. It has no bound on the number of binary
 *     values
 * @param packetLimits limits of the packets that clients send
 * @param pendingBytes the bytes that wait for handlers in all connections together
 */
record Endpoint(
    SocketIoServerConfig config,
    ClientManager manager,
    EngineIoServer engine,
    Executor handlers,
    Executor callbacks,
    Deadlines deadlines,
    Handlers anyNamespace,
    EventPayloadCodec hostCodec,
    PacketLimits packetLimits,
    OpenSockets openSockets,
    ServerCounters counters,
    PendingBytes pendingBytes,
    IncompletePackets incompletePackets,
    SlowHandlers slowHandlers) {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

  private static final Logger SERVER_LOG = LoggerFactory.getLogger("io.starling.socketio");

  /**
   * Writes events to the log. The loggers have fixed names, because operators set log levels by
   * name.
   */
  private static final SocketIoListener EVENTS =
      new EventLog(LoggerFactory.getLogger("io.starling.engineio"), SERVER_LOG);

  static Endpoint of(
      SocketIoServerConfig config, ClientManager manager, Threads threads, EngineIoServer engine) {
    EventPayloadCodec codec = config.codec();
    return new Endpoint(
        config,
        manager,
        engine,
        threads.handlers(),
        threads.callbacks(),
        threads.deadlines(),
        new Handlers(null),
        codec.withMaxAttachments(Integer.MAX_VALUE),
        new PacketLimits(codec.maxAttachments(), codec.maxJsonDepth()),
        new OpenSockets(),
        new ServerCounters(),
        new PendingBytes(),
        new IncompletePackets(),
        new SlowHandlers(SERVER_LOG, threads.deadlines(), System::nanoTime));
  }

  EventPayloadCodec codec() {
    return config.codec();
  }

  /**
   * An operator that addresses all clients of a namespace. This server need not have the namespace.
   */
  BroadcastOperator broadcast(String namespace) {
    return BroadcastOperator.of(manager, codec(), namespace).timeout(config.ackTimeout());
  }

  /** Reports that a client was not let into a namespace. */
  void refused(String namespace, Handshake handshake, Refusal refusal) {
    tell(
        listener ->
            listener.connectRefused(namespace, handshake, refusal.message(), refusal.cause()));
  }

  /**
   * Reports something that happened to the counters, the log and the application's listener. If the
   * log or the listener throws, the exception is logged and goes no further.
   */
  void tell(Consumer<SocketIoListener> event) {
    event.accept(counters);
    tell(EVENTS, event);
    tell(config.listener(), event);
  }

  private static void tell(SocketIoListener listener, Consumer<SocketIoListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      LOG.error("listener failed", e);
    }
  }
}
