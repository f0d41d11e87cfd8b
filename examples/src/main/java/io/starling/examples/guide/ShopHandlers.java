package io.starling.examples.guide;

import io.starling.socketio.DisconnectReason;
import io.starling.socketio.OnConnect;
import io.starling.socketio.OnDisconnect;
import io.starling.socketio.OnEvent;
import io.starling.socketio.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Guide: one object with the handlers of a namespace. */
public final class ShopHandlers {
  private final Map<String, Integer> stock = new ConcurrentHashMap<>(Map.of("tea", 10));

  @OnConnect
  void greet(Socket socket) {
    socket.emit("welcome", stock);
  }

  /** The event {@code order}, with two arguments; what it gives back is the ack. */
  @OnEvent
  int order(Socket socket, String article, int count) {
    int left = stock.merge(article, -count, Integer::sum);
    socket.broadcast().emit("stock", article, left);
    return left;
  }

  @OnEvent("leave a note")
  void note(Socket socket, String text) {
    socket.session().put("note", text);
  }

  @OnDisconnect
  void farewell(Socket socket, DisconnectReason reason) {
    socket.broadcast().emit("left", String.valueOf(socket.session().get("note", String.class)));
  }
}
