package io.starling.integration.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import io.socket.client.SocketOptionBuilder;
import io.starling.integration.client.TransportInUse;
import io.starling.integration.client.UnlimitedHttp;
import io.starling.integration.process.TcpProxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * What every release of the official Java client does, in this order, given the server and the
 * transports. Loaded once for each release, beside it.
 */
public final class JavaClientSteps implements BiConsumer<URI, List<String>> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final OkHttpClient HTTP = UnlimitedHttp.create();
  private static final byte[] LARGE = new byte[100_000];

  private interface Step {
    void run() throws Exception;
  }

  private final List<Socket> sockets = new ArrayList<>();
  private URI url = URI.create("");
  private String[] transports = {};

  static {
    Arrays.fill(LARGE, (byte) 0x5a);
  }

  @Override
  public void accept(URI server, List<String> names) {
    url = server;
    transports = names.toArray(String[]::new);
    run("connect with auth", this::connectWithAuth);
    run("transport and upgrade of 10 clients", this::upgrade);
    run("events of several arguments both ways", this::events);
    run("acks and binary both ways", this::binary);
    run("namespaces over one connection", this::namespaces);
    run("connect_error with data", this::refusals);
    run("the server disconnects", this::serverDisconnects);
    run("recovery from a killed connection", this::recovery);
  }

  private void run(String name, Step step) {
    try {
      step.run();
    } catch (Exception | AssertionError e) {
      throw new AssertionError("step \"" + name + "\": " + e.getMessage(), e);
    } finally {
      sockets.forEach(Socket::disconnect);
      sockets.clear();
    }
  }

  private void connectWithAuth() throws Exception {
    Socket socket = open(url.resolve("/custom"), options().setAuth(Map.of("token", "ünï")));
    assertThat(((JSONObject) ask(socket, "auth").get(0)).getString("token")).isEqualTo("ünï");
  }

  private void upgrade() throws Exception {
    List<Socket> ten = IntStream.range(0, 10).mapToObj(i -> open(url, options())).toList();
    for (Socket socket : ten) {
      settle(socket);
    }
  }

  /** Waits for the end of an upgrade, on either side. */
  private void settle(Socket socket) throws InterruptedException {
    String last = transports[transports.length - 1];
    await(last).atMost(PATIENCE).until(() -> TransportInUse.of(socket).equals(last));
    assertThat(ask(socket, "echo", last)).containsExactly(last);
  }

  private void events() throws Exception {
    Socket socket = open(url, options());
    BlockingQueue<List<Object>> echoed = hear(socket, "echoed");
    for (int i = 0; i < 100; i++) {
      socket.emit("echo-back", i, "ünï", true, -0.5);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(next(echoed)).containsExactly(i, "ünï", true, -0.5);
    }
  }

  private void binary() throws Exception {
    Socket socket = open(url, options());
    assertNested(ask(socket, "echo", nested(), LARGE, "text"));
    BlockingQueue<List<Object>> echoed = hear(socket, "echoed");
    socket.emit("echo-back", nested(), LARGE, "text");
    assertNested(next(echoed));
    byte[] receipt = "read".getBytes(StandardCharsets.UTF_8);
    socket.on("question", event -> ((Ack) event[1]).call(event[0], receipt));
    assertThat(ask(socket, "ask", socket.id(), LARGE)).containsExactly(LARGE, receipt);
  }

  private static JSONObject nested() throws JSONException {
    return new JSONObject().put("parts", new JSONArray().put(new byte[] {1, 2}).put(7).put(LARGE));
  }

  private static void assertNested(List<Object> event) throws JSONException {
    JSONArray parts = ((JSONObject) event.get(0)).getJSONArray("parts");
    assertThat(List.of(parts.get(0), parts.get(1), parts.get(2)))
        .containsExactly(new byte[] {1, 2}, 7, LARGE);
    assertThat(event.subList(1, 3)).containsExactly(LARGE, "text");
  }

  private void namespaces() throws Exception {
    Manager manager = new Manager(url, built(options()));
    Socket main = connect(manager.socket("/"));
    Socket custom = connect(manager.socket("/custom"));
    assertThat(main.id()).isNotEqualTo(custom.id());
    assertThat(ask(custom, "auth")).hasSize(1);
    custom.disconnect();
    assertThat(ask(main, "echo", "still here")).containsExactly("still here");
  }

  private void refusals() throws Exception {
    JSONObject refused = refusal("/closed");
    assertThat(refused.getString("message")).isEqualTo("not you");
    assertThat(refused.getJSONObject("data").getInt("code")).isEqualTo(7);
    assertThat(refusal("/unknown").getString("message")).isEqualTo("Invalid namespace");
  }

  private JSONObject refusal(String namespace) throws Exception {
    Socket socket = IO.socket(url.resolve(namespace), built(options()));
    sockets.add(socket);
    BlockingQueue<List<Object>> refusals = hear(socket, Socket.EVENT_CONNECT_ERROR);
    socket.connect();
    return (JSONObject) next(refusals).get(0);
  }

  private void serverDisconnects() throws Exception {
    Socket socket = open(url, options());
    BlockingQueue<List<Object>> gone = hear(socket, Socket.EVENT_DISCONNECT);
    ask(open(url, options()), "remote-disconnect", socket.id());
    assertThat(next(gone)).containsExactly("io server disconnect");
  }

  private void recovery() throws Exception {
    Socket other = open(url, options());
    try (TcpProxy proxy = TcpProxy.open(url)) {
      Socket socket = connectThrough(proxy);
      String room = "room of " + socket.id();
      BlockingQueue<List<Object>> gone = hear(socket, Socket.EVENT_DISCONNECT);
      BlockingQueue<List<Object>> news = hear(socket, "news");
      BlockingQueue<List<Object>> connected = hear(socket, Socket.EVENT_CONNECT);
      for (int round = 0; round < 2; round++) {
        // A client whose WebSocket is cut while it waits for its last poll stays without a
        // transport.
        settle(socket);
        String id = socket.id();
        await("it notices").atMost(PATIENCE).until(() -> cut(proxy, gone));
        assertThat(next(gone).get(0)).isIn("transport close", "transport error");
        next(connected);
        assertThat(socket.id()).isNotEqualTo(id);
        ask(socket, "join", room);
        await("it is forgotten")
            .atMost(PATIENCE)
            .until(() -> ask(other, "is-here", id).equals(List.of(false)));
        ask(other, "to", room, "for the room");
        assertThat(next(news)).containsExactly("for the room");
        assertThat(ask(socket, "echo", LARGE)).containsExactly(LARGE);
      }
    }
  }

  private Socket connectThrough(TcpProxy proxy) {
    IO.Options options = built(options().setReconnection(true).setReconnectionDelay(20));
    options.reconnectionDelayMax = 100;
    Socket socket = IO.socket(proxy.url(), options);
    sockets.add(socket);
    return connect(socket);
  }

  /** Between two polls there is nothing to cut, so it may take several. */
  private static boolean cut(TcpProxy proxy, BlockingQueue<List<Object>> gone) {
    if (gone.isEmpty()) {
      proxy.cut();
    }
    return !gone.isEmpty();
  }

  private SocketOptionBuilder options() {
    return IO.Options.builder()
        .setForceNew(true)
        .setReconnection(false)
        .setTransports(transports.clone());
  }

  private static IO.Options built(SocketOptionBuilder builder) {
    IO.Options options = builder.build();
    options.callFactory = HTTP;
    options.webSocketFactory = HTTP;
    return options;
  }

  private Socket open(URI target, SocketOptionBuilder options) {
    Socket socket = IO.socket(target, built(options));
    sockets.add(socket);
    return connect(socket);
  }

  private static Socket connect(Socket socket) {
    socket.connect();
    await("connected").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(socket::connected);
    return socket;
  }

  private static BlockingQueue<List<Object>> hear(Socket socket, String event) {
    BlockingQueue<List<Object>> heard = new LinkedBlockingQueue<>();
    socket.on(event, arguments -> heard.add(Arrays.asList(arguments)));
    return heard;
  }

  private static List<Object> ask(Socket socket, String event, Object... arguments)
      throws InterruptedException {
    BlockingQueue<List<Object>> answers = new LinkedBlockingQueue<>();
    Ack ack = answer -> answers.add(Arrays.asList(answer));
    socket.emit(event, arguments, ack);
    return next(answers);
  }

  private static List<Object> next(BlockingQueue<List<Object>> queue) throws InterruptedException {
    List<Object> next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within " + PATIENCE);
    }
    return next;
  }
}
