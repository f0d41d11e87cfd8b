package io.starling.benchmarks.peers;

import com.corundumstudio.socketio.Configuration;
import com.corundumstudio.socketio.SocketIOServer;
import java.util.concurrent.CountDownLatch;

/**
 * The bench server on netty-socketio, with the settings that favour it. Start it with {@code
 * NettySocketIoServer PORT}.
 */
public final class NettySocketIoServer {
  private static final int BACKLOG = 4_096;

  private NettySocketIoServer() {}

  /** Runs until the process is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    Configuration configuration = new Configuration();
    configuration.setHostname("127.0.0.1");
    configuration.setPort(Integer.parseInt(arguments[0]));
    configuration.setUseLinuxNativeEpoll(true);
    configuration.setHttpCompression(false);
    configuration.setWebsocketCompression(false);
    configuration.getSocketConfig().setTcpNoDelay(true);
    configuration.getSocketConfig().setAcceptBackLog(BACKLOG);
    SocketIOServer server = new SocketIOServer(configuration);
    server.addEventListener("echo", String.class, (client, value, ack) -> ack.sendAckData(value));
    server.addEventListener(
        "join",
        String.class,
        (client, room, ack) -> {
          client.joinRoom(room);
          ack.sendAckData("ok");
        });
    server.addMultiTypeEventListener(
        "bcast",
        (client, data, ack) -> broadcast(server, data.get(0), data.get(1)),
        String.class,
        String.class);
    server.start();
    System.out.println("ready");
    new CountDownLatch(1).await();
  }

  @SuppressWarnings("NullAway") // The types of netty-socketio do not say where null is allowed.
  private static void broadcast(SocketIOServer server, String room, String payload) {
    (room == null ? server.getBroadcastOperations() : server.getRoomOperations(room))
        .sendEvent("msg", payload);
  }
}
