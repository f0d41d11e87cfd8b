package io.starling.socketio;

/** Hears of a client that wants to connect. See {@link Namespace#onConnect}. */
@FunctionalInterface
public interface ConnectHandler {
  /**
   * May refuse the client by throwing.
   *
   * @throws ConnectRefusedException to tell the client why
   */
  void connect(Socket socket) throws Exception;
}
