package io.starling.socketio.cli;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Runs the applications that service files name: on the class path, and in jars of the user's. */
final class Applications {
  private static final String SERVICE_FILE =
      "META-INF/services/" + SocketIoApplication.class.getName();

  private Applications() {}

  /**
   * Makes the class loader of the applications the thread's own, for the life of the process, and
   * lets each application configure the server.
   *
   * @throws IllegalArgumentException when there are paths and none of them names an application: a
   *     server without its middlewares would let everybody in
   */
  static void configure(List<Path> paths, SocketIoServer server) {
    ClassLoader parent = Applications.class.getClassLoader();
    URL[] urls = paths.stream().map(Applications::url).toArray(URL[]::new);
    URLClassLoader loader = new URLClassLoader("applications", urls, parent);
    if (!paths.isEmpty() && loader.findResource(SERVICE_FILE) == null) {
      throw new IllegalArgumentException(
          "application: "
              + paths.stream().map(Path::toString).collect(Collectors.joining(","))
              + " (expected: "
              + SERVICE_FILE
              + " in one of them, which names the class)");
    }
    Thread.currentThread().setContextClassLoader(loader);
    ServiceLoader.load(SocketIoApplication.class, loader)
        .forEach(application -> application.configure(server));
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("application: " + path + " (expected: a file)", e);
    }
  }
}
