package io.starling.socketio;

import io.starling.engineio.TransportKind;
import java.time.Duration;
import java.util.Map;

/**
 * What a server has done since it was created, and its state now. Counters never decrease.
 *
 * @param connections how many connections are open now, by transport
 * @param sockets how many sockets are connected now, by the name of their namespace
 * @param connected how many sockets have been connected to a namespace
 * @param connectsRefused how many times a client was refused in a namespace
 * @param disconnects how many sockets have left their namespace, by reason
 * @param handshakesRefused how many requests were refused before they became a connection, by the
 *     name of the error
 * @param packetsRefused how many connections were closed for what their client sent, as reported by
 *     {@link SocketIoListener#packetRefused}
 * @param messagesReceived how many Engine.IO messages clients have sent; an event with attachments
 *     consists of several messages
 * @param bytesReceived the size of these messages in bytes, without framing and compression
 * @param eventsReceived how many events of clients were queued for their handlers
 * @param eventsHandled how many event handlers have returned or thrown
 * @param handlerTime how long these event handlers took, added up
 * @param handlersFailed how many handlers of sockets threw
 * @param requestsFailed how many HTTP requests had a handler that threw
 * @param emits how many events were sent to clients of this process; an event to many clients
 *     counts once
 * @param messagesSent how many Engine.IO messages were sent to clients; a message to many clients
 *     counts once for each of them
 * @param bytesSent the size of these messages in bytes, without framing and compression
 * @param backlogBytes how many bytes wait now for an event loop to begin with sending them
 * @param pendingEvents how many events and other calls of connected sockets wait for their handlers
 *     now, or are being handled
 */
public record ServerStatistics(
    Map<TransportKind, Integer> connections,
    Map<String, Integer> sockets,
    long connected,
    long connectsRefused,
    Map<DisconnectReason, Long> disconnects,
    Map<String, Long> handshakesRefused,
    long packetsRefused,
    long messagesReceived,
    long bytesReceived,
    long eventsReceived,
    long eventsHandled,
    Duration handlerTime,
    long handlersFailed,
    long requestsFailed,
    long emits,
    long messagesSent,
    long bytesSent,
    long backlogBytes,
    long pendingEvents) {
  /** Copies the maps. */
  public ServerStatistics {
    connections = Map.copyOf(connections);
    sockets = Map.copyOf(sockets);
    disconnects = Map.copyOf(disconnects);
    handshakesRefused = Map.copyOf(handshakesRefused);
  }
}
