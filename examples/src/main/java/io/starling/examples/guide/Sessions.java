package io.starling.examples.guide;

import io.starling.socketio.Namespace;

/** Guide: the values that an application stores for a socket. */
public final class Sessions {
  private Sessions() {}

  /** Stores one value for this server alone and one for all servers. */
  public static void remember(Namespace namespace) {
    namespace
        .onConnect(
            socket -> {
              socket.session().put("since", System.nanoTime()); // any object; stays here
              socket.data("name", String.valueOf(socket.handshake().auth("name"))); // travels
            })
        .on(
            "strike",
            (socket, arguments, ack) -> {
              int strikes = socket.session().update("strikes", Integer.class, 0, n -> n + 1);
              ack.send(strikes);
              if (strikes == 3) {
                socket.disconnect();
              }
            });
  }
}
