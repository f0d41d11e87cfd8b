package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.WebResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Guide: files, other HTTP, and the management port. */
public final class Http {
  private Http() {}

  /**
   * Serves the pages of an application and one file with its content type. Browsers keep them for a
   * day.
   */
  public static SocketIoServerConfig.Builder files(Path page, Path logo) {
    return SocketIoServerConfig.builder()
        .staticFiles("/", page)
        .staticFiles("/logo", logo, "image/svg+xml")
        .staticCacheControl("max-age=86400");
  }

  /** Handles the requests that are for neither Socket.IO nor a file. */
  public static void requests(SocketIoServer server) {
    server.onRequest(
        request ->
            CompletableFuture.completedFuture(
                request.path().equals("/online")
                    ? WebResponse.text(server.root().sockets().size() + " online")
                    : WebResponse.of(404)));
  }

  /** Serves health and metrics on a separate port that only this machine can reach. */
  public static SocketIoServerConfig.Builder management(int port) {
    return SocketIoServerConfig.builder().managementPort(port);
  }
}
