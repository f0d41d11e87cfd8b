package io.starling.client.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One way to exchange packets with a server. Methods never block. */
public interface Transport {
  /** The {@code transport} parameter of its requests: {@code polling} or {@code websocket}. */
  String name();

  /** Begins. Called once, first. */
  void open();

  /** The id of the session, which a polling transport puts into its requests. */
  void session(String sid);

  /**
   * Sends packets, in order. Called again only when the last call's stage has completed.
   *
   * @return completes when the packets were handed to the network; a failure ends the transport,
   *     too, and is told to its events
   */
  CompletableFuture<?> send(List<EngineIoPacket> packets);

  /** Stops or continues reading. What was read before may still be told. */
  void read(boolean on);

  /**
   * Ends a polling transport in favour of a WebSocket: asks for nothing more.
   *
   * @return completes when the pending poll was answered and all its packets were told
   */
  CompletableFuture<?> pause();

  /**
   * Tells the server that the session ends, after everything that was sent.
   *
   * @return completes when the connection is closed. May never complete; {@link #abort} ends it
   */
  CompletableFuture<?> close();

  /** Closes the connection at once. Nothing is told any more. */
  void abort();

  /** Receives the events of one transport, one call after the other. */
  interface Events {
    /** Packets can be exchanged. Told by a WebSocket only. */
    void opened();

    /** A packet arrived. */
    void packet(EngineIoPacket packet);

    /** The transport ended. The last call. */
    void closed(CloseReason reason, String detail, @Nullable Throwable cause);
  }

  /** Makes the transports of one connection. */
  interface Factory {
    /**
     * Makes a transport.
     *
     * @param name {@code polling} or {@code websocket}
     * @param sid the session that a WebSocket is to take over; null for a new session
     */
    Transport create(String name, @Nullable String sid, Events events);
  }
}
