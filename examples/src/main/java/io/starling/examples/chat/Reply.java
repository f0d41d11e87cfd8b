package io.starling.examples.chat;

import io.starling.socketio.Ack;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ack of everything that a client asks: what came of it, or why it was refused. */
record Reply(@Nullable Object result, @Nullable String error) {
  /** Answers with the result, or with the reason for which it was not to be had. */
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
