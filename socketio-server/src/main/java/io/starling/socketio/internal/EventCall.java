package io.starling.socketio.internal;

import io.starling.manager.protocol.Event;

/** A handler of an event, whatever the application wrote it as. */
@FunctionalInterface
interface EventCall {
  void handle(DefaultSocket socket, Event event, EventAck ack) throws Exception;
}
