package io.starling.integration.client;

import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.OkHttpClient;

/** The official Java client with a connection of its own, as tests like to use it: blocking. */
public final class JavaClient implements AutoCloseable {
  /** How a client connects. */
  public enum Transport {
    POLLING("polling"),
    WEBSOCKET("websocket"),
    /** Starts with polling and upgrades: the default settings. */
    UPGRADED("polling websocket");

    private final String names;

    Transport(String names) {
      this.names = names;
    }

    private String[] names() {
      return names.split(" ", -1);
    }

    /** What it ends up with. */
    private String last() {
      return names()[names().length - 1];
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final OkHttpClient HTTP = UnlimitedHttp.create();

  private final Transport transport;
  private final Socket socket;
  private final Map<String, List<List<Object>>> heard = new ConcurrentHashMap<>();

  private JavaClient(Transport transport, Socket socket) {
    this.transport = transport;
    this.socket = socket;
  }

  /** Starts to connect; {@link #awaitConnected()} waits. It never reconnects by itself. */
  public static JavaClient open(URI url, Transport transport) {
    return open(url, transport, Map.of());
  }

  /** The same with what the client shows when it connects. */
  public static JavaClient open(URI url, Transport transport, Map<String, String> auth) {
    IO.Options options =
        IO.Options.builder()
            .setAuth(auth)
            .setForceNew(true)
            .setReconnection(false)
            .setTransports(transport.names())
            .build();
    options.callFactory = HTTP;
    options.webSocketFactory = HTTP;
    Socket socket = IO.socket(url, options);
    JavaClient client = new JavaClient(transport, socket);
    socket.onAnyIncoming(
        arguments ->
            client
                .events(String.valueOf(arguments[0]))
                .add(List.of(arguments).subList(1, arguments.length)));
    for (String event : List.of(Socket.EVENT_DISCONNECT, Socket.EVENT_CONNECT_ERROR)) {
      socket.on(event, arguments -> client.events(event).add(List.of(arguments)));
    }
    socket.connect();
    return client;
  }

  public static JavaClient connect(URI url, Transport transport) {
    JavaClient client = open(url, transport);
    client.awaitConnected();
    return client;
  }

  /** Waits for the namespace and, where the transport says so, for the upgrade. */
  public void awaitConnected() {
    await("a %s client connects".formatted(transport))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .failFast(this::throwIfRefused)
        .until(() -> socket.connected() && TransportInUse.of(socket).equals(transport.last()));
  }

  private void throwIfRefused() {
    List<List<Object>> refusals = events(Socket.EVENT_CONNECT_ERROR);
    if (!refusals.isEmpty()) {
      throw new AssertionError("refused: " + refusals);
    }
  }

  public String id() {
    return socket.id();
  }

  public boolean connected() {
    return socket.connected();
  }

  /** The arguments of each event of this name that came, in their order; lives on. */
  public List<List<Object>> events(String name) {
    return heard.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
  }

  /** Waits until so many events of this name came, and gives them. */
  public List<List<Object>> awaitEvents(String name, int count) {
    return await(count + " events " + name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> events(name), events -> events.size() >= count);
  }

  public void on(String event, io.socket.emitter.Emitter.Listener listener) {
    socket.on(event, listener);
  }

  public void emit(String event, Object... arguments) {
    socket.emit(event, arguments);
  }

  /** Sends an event and gives the arguments of its ack when they come. */
  public CompletableFuture<List<Object>> ask(String event, Object... arguments) {
    CompletableFuture<List<Object>> answer = new CompletableFuture<>();
    Ack ack = results -> answer.complete(List.of(results));
    socket.emit(event, arguments, ack);
    return answer;
  }

  /** The same, blocking. */
  public List<Object> call(String event, Object... arguments) {
    try {
      return ask(event, arguments).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new AssertionError("no ack for " + event + " " + List.of(arguments), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the ack for " + event, e);
    }
  }

  @Override
  public void close() {
    socket.disconnect();
  }
}
