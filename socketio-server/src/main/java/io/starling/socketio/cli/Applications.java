package io.starling.socketio.cli;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Runs the applications that service files name: on the class path, and in jars of the user's. */
final class Applications {
  private Applications() {}

  /**
   * Makes the class loader of the applications the thread's own, for the life of the process, and
   * lets each application configure the server.
   */
  static void configure(List<Path> paths, SocketIoServer server) {
    ClassLoader parent = Applications.class.getClassLoader();
    URL[] urls = paths.stream().map(Applications::url).toArray(URL[]::new);
    ClassLoader loader = new URLClassLoader("applications", urls, parent);
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
