package io.starling.integration.client;

import io.socket.client.Manager;
import io.socket.client.Socket;
import java.lang.reflect.Field;

/** The transport of an official Java client, which has no accessor for it. */
public final class TransportInUse {
  private TransportInUse() {}

  /** Its name, such as {@code polling}. The client must have begun to connect. */
  public static String of(Socket socket) {
    try {
      Object engine = field(Manager.class, "engine").get(socket.io());
      Object current = field(io.socket.engineio.client.Socket.class, "transport").get(engine);
      return ((io.socket.engineio.client.Transport) current).name;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this release of the client keeps its transport elsewhere", e);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
