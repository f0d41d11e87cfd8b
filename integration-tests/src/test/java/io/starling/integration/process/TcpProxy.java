package io.starling.integration.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in front of a server so that a test can cut the connections to it, lead new ones to
 * another server, or keep new ones waiting.
 */
public final class TcpProxy implements AutoCloseable {
  private volatile int target;
  private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private TcpProxy(int target, ServerSocket listener) {
    this.target = target;
    this.listener = listener;
  }

  /** Listens on a free port of the loopback interface. */
  public static TcpProxy open(URI target) {
    return open(target.getPort());
  }

  /** As {@link #open(URI)}, for a server on a port of the loopback interface. */
  public static TcpProxy open(int target) {
    try {
      TcpProxy proxy =
          new TcpProxy(target, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "tcp proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = track(listener.accept());
        start(() -> serve(client));
      } catch (IOException e) {
        cut(); // the listener was closed
      }
    }
  }

  private void serve(Socket client) {
    gate.join();
    try {
      Socket server = track(new Socket(InetAddress.getLoopbackAddress(), target));
      start(() -> pump(client, server));
      pump(server, client);
    } catch (IOException e) {
      close(client); // the server is gone: its peer must know
    }
  }

  /** Leads new connections to a server on this port of the loopback interface. */
  public void redirect(int port) {
    target = port;
  }

  /** New connections are accepted, and go on to the server only after {@link #release()}. */
  public void hold() {
    gate = new CompletableFuture<>();
  }

  public void release() {
    gate.complete(null);
  }

  private Socket track(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  private void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // cut, on either side
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  public URI url() {
    return URI.create("http://localhost:" + listener.getLocalPort());
  }

  /** Closes every connection, on both sides; new ones are accepted. */
  public void cut() {
    sockets.forEach(this::close);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
