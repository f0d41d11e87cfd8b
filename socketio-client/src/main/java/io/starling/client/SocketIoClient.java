package io.starling.client;

import io.starling.client.engineio.ClientThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a Socket.IO server, with any number of namespaces.
 *
 * <pre>{@code
 * SocketIoClient client = SocketIoClient.create("https://example.org", options);
 * client.socket().on("news", String.class, (news, ack) -> show(news));
 * client.connect();
 * client.socket().emit("hello", "world");
 * }</pre>
 *
 * <p>Register handlers before {@link #connect()}, so that no event is missed. Safe for any thread.
 */
public final class SocketIoClient implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ConnectUrl url;
  private final ClientConnection connection;

  SocketIoClient(ConnectUrl url, ClientConnection connection) {
    this.url = url;
    this.connection = connection;
  }

  /** As {@link #create(String, ClientOptions)} with {@link ClientOptions#defaults()}. */
  public static SocketIoClient create(String url) {
    return create(url, ClientOptions.defaults());
  }

  /**
   * Makes a client that is not connected.
   *
   * @param url the address of the server, with {@code http}, {@code https}, {@code ws} or {@code
   *     wss}. As in the official clients, its path is the namespace of {@link #socket}, and its
   *     query is sent with all requests
   * @throws IllegalArgumentException when the URL cannot be used
   */
  public static SocketIoClient create(String url, ClientOptions options) {
    ConnectUrl parsed = ConnectUrl.parse(url);
    NetworkConnector connector = new NetworkConnector(parsed, options);
    return new SocketIoClient(
        parsed, new ClientConnection(options, connector, ClientThreads.TIMERS));
  }

  /** As {@link #connect(String, ClientOptions)} with {@link ClientOptions#defaults()}. */
  public static SocketIoClient connect(String url) throws InterruptedException {
    return connect(url, ClientOptions.defaults());
  }

  /**
   * Makes a client and connects the namespace of the URL. Events that the server sends at once may
   * come before the caller has registered handlers; {@link #create(String, ClientOptions)} avoids
   * that.
   *
   * @throws ConnectFailedException as {@link #connect()}; the client is closed then
   */
  public static SocketIoClient connect(String url, ClientOptions options)
      throws InterruptedException {
    SocketIoClient client = create(url, options);
    try {
      client.connect();
      return client;
    } catch (ConnectFailedException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  /** The socket of the URL's namespace, which is {@code /} if the URL has no path. */
  public ClientSocket socket() {
    return of(url.namespace());
  }

  /**
   * The socket of a namespace. Every call with the same name returns the same object. {@link
   * #connect()} connects all namespaces that this method or {@link #socket} was asked for; a socket
   * that is obtained later is connected by {@link ClientSocket#connectAsync}.
   *
   * @param namespace with or without its leading slash
   */
  public ClientSocket of(String namespace) {
    String name = namespace.startsWith("/") ? namespace : "/" + namespace;
    return connection.socket(name, () -> new ClientSocket(connection, name).state()).face();
  }

  /**
   * Connects all namespaces that {@link #socket} and {@link #of} were asked for, or that of the URL
   * if there is none, and blocks until they are connected.
   *
   * @throws ConnectFailedException when the server cannot be reached or refuses one of the
   *     namespaces. The client is not connected then and does not try again, unless {@link
   *     ClientOptions.Builder#retryFirstConnection} is set. This method may be called again
   */
  public void connect() throws InterruptedException {
    await(connecting());
  }

  /**
   * As {@link #connect()}, but returns a stage and does not block.
   *
   * @return completes when the namespaces are connected, or fails with a {@link
   *     ConnectFailedException}. Dependent stages run on handler threads
   */
  public CompletionStage<SocketIoClient> connectAsync() {
    return connecting().thenApplyAsync(done -> this, connection.callbacks());
  }

  private CompletableFuture<Object> connecting() {
    if (!connection.hasSockets()) {
      socket();
    }
    List<CompletableFuture<ClientSocket>> all =
        connection.sockets().stream().map(connection::connect).toList();
    CompletableFuture<Object> done = new CompletableFuture<>();
    for (CompletableFuture<ClientSocket> each : all) {
      each.whenComplete(
          (socket, failure) -> {
            if (failure != null && done.completeExceptionally(failure)) {
              connection.disconnectAll();
            } else if (all.stream().allMatch(CompletableFuture::isDone)) {
              done.complete(true);
            }
          });
    }
    return done;
  }

  /** Waits for a connect. */
  static void await(CompletableFuture<?> connect) throws InterruptedException {
    try {
      connect.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
      if (cause instanceof ConnectFailedException failed) {
        throw new ConnectFailedException(failed);
      }
      throw new IllegalStateException(cause);
    }
  }

  /** Whether there is a connection to the server now. */
  public boolean connected() {
    return connection.connected();
  }

  /** The transport of the connection; null if there is none now. */
  public @Nullable TransportKind transport() {
    return connection.transport();
  }

  /** Adds a handler that is called when an attempt to reconnect begins. */
  public SocketIoClient onReconnectAttempt(ReconnectHandler handler) {
    connection.onAttempt.add(handler);
    return this;
  }

  /** Adds a handler that is called when the client has reconnected, before the connect handlers. */
  public SocketIoClient onReconnect(ReconnectHandler handler) {
    connection.onReconnect.add(handler);
    return this;
  }

  /**
   * Adds a handler that is called when the client gives up, because as many attempts failed as the
   * options allow.
   */
  public SocketIoClient onReconnectFailed(ReconnectHandler handler) {
    connection.onFailed.add(handler);
    return this;
  }

  /**
   * Disconnects all namespaces and closes the connection, after what was emitted before has been
   * sent. The client may be connected again.
   */
  public void disconnect() {
    connection.disconnectAll();
  }

  /**
   * Disconnects as {@link #disconnect}, for good. Waits up to a second until what was emitted
   * before has been sent and the server has closed the connection. Does nothing if the client is
   * closed.
   */
  @Override
  public void close() {
    CompletableFuture<Object> idle = connection.close();
    try {
      idle.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("close: " + e, e);
    }
  }

  /**
   * Blocks until the client is disconnected and will not reconnect: it was closed, all its sockets
   * were disconnected, or it gave up.
   */
  public void awaitClose() throws InterruptedException {
    try {
      connection.whenIdle().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
