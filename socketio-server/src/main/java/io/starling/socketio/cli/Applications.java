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

/**
 * Finds and runs the applications of the executable. They are named in service files: on the class
 * path, or in jars and class directories that the option {@code --application} names.
 */
final class Applications {
  private static final String SERVICE_FILE =
      "META-INF/services/" + SocketIoApplication.class.getName();

  private Applications() {}

  /**
   * Lets each application configure the server. Also sets the context class loader of the calling
   * thread to that of the applications, until the process ends.
   *
   * @throws IllegalArgumentException when there are paths and none of them contains an application.
   *     The server does not start without it: the checks that it adds would be missing, and every
   *     client would be let in
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
