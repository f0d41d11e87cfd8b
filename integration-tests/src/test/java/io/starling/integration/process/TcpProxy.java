package io.starling.integration.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a server so that a test can cut the connections to it, slow them down, let
 * some of them hang, lead new ones to another server, or keep new ones waiting.
 */
public final class TcpProxy implements AutoCloseable {
  private volatile int target;
  private volatile long latencyNanos;
  private volatile @Nullable Pattern swallowed;
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
      Opening opening = new Opening();
      relay(client, server, opening::read, opening);
      relay(server, client, bytes -> {}, opening);
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

  /** From now on each byte arrives so much later, in both directions. */
  public void delay(Duration latency) {
    latencyNanos = latency.toNanos();
  }

  /**
   * Nothing passes any more, in either direction, through connections whose client begins with a
   * text that contains this pattern. They stay open, as when a network drops every packet. Bytes
   * that were read before go on when another pattern, or null, is set.
   */
  public void swallow(@Nullable Pattern clients) {
    swallowed = clients;
  }

  private Socket track(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    sockets.add(socket);
    return socket;
  }

  private void relay(Socket from, Socket to, Consumer<byte[]> reader, Opening opening) {
    Relay relay = new Relay(from, to, reader, () -> latencyNanos, () -> opening.matches(swallowed));
    Runnable end =
        () -> {
          close(from);
          close(to);
        };
    start(() -> relay.read(end));
    start(() -> relay.write(end));
  }

  /**
   * What the client of one connection sent first; the clients of brokers tell their names there.
   */
  private static final class Opening {
    private static final int MAX_CHARACTERS = 8 << 10;
    private volatile String text = "";

    void read(byte[] bytes) {
      if (text.length() < MAX_CHARACTERS) {
        text = text.concat(new String(bytes, StandardCharsets.ISO_8859_1)); // by one thread only
      }
    }

    boolean matches(@Nullable Pattern pattern) {
      return pattern != null && pattern.matcher(text).find();
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
