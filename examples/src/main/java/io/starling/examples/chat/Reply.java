package io.starling.examples.chat;

import io.starling.socketio.Ack;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ack of every request of a client: the result, or the reason why the request was refused. */
record Reply(@Nullable Object result, @Nullable String error) {
  /** Runs the action and sends its result as the ack, or the message of its exception. */
  static void to(Ack ack, Supplier<?> action) {
    Reply reply;
    try {
      reply = new Reply(action.get(), null);
    } catch (IllegalArgumentException refused) {
      reply = new Reply(null, refused.getMessage());
    }
    ack.send(reply);
  }
}
