package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.WebResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Guide: files, other HTTP, and the management port. */
public final class Http {
  private Http() {}

  /** The pages of an application, and one file with its type; browsers keep all for a day. */
  public static SocketIoServerConfig.Builder files(Path page, Path logo) {
    return SocketIoServerConfig.builder()
        .staticFiles("/", page)
        .staticFiles(
            files -> files.rule("/logo", logo, "image/svg+xml").cacheControl("max-age=86400"));
  }

  /** Whatever is neither for Socket.IO nor a file. */
  public static void requests(SocketIoServer server) {
    server.onRequest(
        request ->
            CompletableFuture.completedFuture(
                request.path().equals("/online")
                    ? WebResponse.text(server.root().sockets().size() + " online")
                    : WebResponse.of(404)));
  }

  /** Health and metrics, on a port of their own, on the loopback only. */
  public static SocketIoServerConfig.Builder management(int port) {
    return SocketIoServerConfig.builder().managementPort(port);
  }
}
