package io.starling.socketio.internal;

import io.starling.protocol.payload.Event;

/**
 * A handler of events in one common form. Lambdas, answer handlers and annotated methods of the
 * application are all turned into this form.
 */
@FunctionalInterface
interface EventCall {
  void handle(DefaultSocket socket, Event event, EventAck ack) throws Exception;
}
