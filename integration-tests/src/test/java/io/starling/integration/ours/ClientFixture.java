package io.starling.integration.ours;

import static org.awaitility.Awaitility.await;

import io.starling.client.ClientListener;
import io.starling.client.ClientOptions;
import io.starling.client.ClientSocket;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketIoClient;
import io.starling.client.TransportKind;
import io.starling.integration.process.ServerProcess;
import io.starling.integration.process.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients of one server over one transport. The tests mostly wait. */
@ExtendWith(SharedServers.class)
@Execution(ExecutionMode.CONCURRENT)
abstract class ClientFixture {
  private final ServerKind kind;
  private final Transports transports;
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
  private URI server = URI.create("");

  ClientFixture(ServerKind kind, Transports transports) {
    this.kind = kind;
    this.transports = transports;
  }

  @BeforeEach
  final void find(ServerProcess running) {
    server = running.url();
  }

  @AfterEach
  final void closeAll() throws Exception {
    for (int last = opened.size() - 1; last >= 0; last--) {
      opened.get(last).close();
    }
  }

  final ServerKind kind() {
    return kind;
  }

  final Transports transports() {
    return transports;
  }

  /** The URL of the server, with the path and the query given. */
  final String url(String rest) {
    return server + rest;
  }

  final TcpProxy proxy() {
    return opened(TcpProxy.open(server));
  }

  final <T extends AutoCloseable> T opened(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  /** The options that the tests have in common: the transports, and quick reconnections. */
  final ClientOptions.Builder options() {
    return ClientOptions.builder()
        .transports(transports.kinds())
        .reconnectionDelay(Duration.ofMillis(20))
        .reconnectionDelayMax(Duration.ofMillis(200))
        .randomizationFactor(0);
  }

  final SocketIoClient client(String url, ClientOptions.Builder options) {
    return opened(SocketIoClient.create(url, options.build()));
  }

  final SocketIoClient client() {
    return client(url(""), options());
  }

  /** A client of the namespace {@code /} that is connected and has its last transport. */
  final SocketIoClient connected() throws InterruptedException {
    return settled(client());
  }

  final SocketIoClient settled(SocketIoClient client) throws InterruptedException {
    client.connect();
    awaitTransport(client);
    return client;
  }

  final void awaitTransport(SocketIoClient client) {
    TransportKind last = transports.last();
    await(last.text())
        .atMost(Heard.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.transport() == last);
  }

  static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Heard.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(assertion);
  }

  /** Something holds for some time. */
  static void holds(Duration time, Callable<Boolean> condition) {
    await()
        .atMost(time.plus(Heard.PATIENCE))
        .during(time)
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  /** The arguments of each event of this name. */
  static Heard<List<Object>> hear(ClientSocket socket, String event) {
    Heard<List<Object>> heard = new Heard<>();
    socket.on(event, (arguments, ack) -> heard.add(arguments.toList()));
    return heard;
  }

  static Heard<DisconnectReason> disconnects(ClientSocket socket) {
    Heard<DisconnectReason> heard = new Heard<>();
    socket.onDisconnect(heard::add);
    return heard;
  }

  /** The sid at each connect. */
  static Heard<String> connects(ClientSocket socket) {
    Heard<String> heard = new Heard<>();
    socket.onConnect(() -> heard.add(String.valueOf(socket.sid())));
    return heard;
  }

  static Heard<ConnectFailedException> errors(ClientSocket socket) {
    Heard<ConnectFailedException> heard = new Heard<>();
    socket.onConnectError(heard::add);
    return heard;
  }

  static <T> T get(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(Heard.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no result", e);
    }
  }

  /** Why a stage failed; waits for it. */
  static Throwable failure(CompletionStage<?> stage) throws InterruptedException {
    try {
      Object result =
          stage.toCompletableFuture().get(Heard.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("result: " + result + " (expected: a failure)");
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("neither result nor failure", e);
    }
  }

  /** What the server saw when the client connected: {@code id}, and some maps. */
  static Map<?, ?> handshake(SocketIoClient client) throws InterruptedException {
    return (Map<?, ?>) Objects.requireNonNull(client.of("/").call("handshake").get(0));
  }

  /**
   * A part of the handshake.
   *
   * @param part {@code auth}, {@code query} or {@code headers}
   */
  @SuppressWarnings("unchecked")
  static Map<String, String> seen(SocketIoClient client, String part) throws InterruptedException {
    return (Map<String, String>) Objects.requireNonNull(handshake(client).get(part));
  }

  /** A listener that counts the connections, and remembers the delays before reconnections. */
  static final class Counting implements ClientListener {
    final Heard<TransportKind> opened = new Heard<>();
    final Heard<Duration> delays = new Heard<>();

    @Override
    public void transportOpened(TransportKind transport) {
      opened.add(transport);
    }

    @Override
    public void reconnecting(int attempt, Duration delay) {
      delays.add(delay);
    }
  }
}
