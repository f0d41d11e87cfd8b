package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.OptionalTool;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.NumberedStreams;
import io.starling.integration.client.ThinClient;
import io.starling.integration.process.ChildProcess;
import io.starling.manager.HostId;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documented configurations of nginx and HAProxy before two hosts. */
final class LoadBalancerIT {
  private static final Path DOCUMENTED = Path.of("..", "docs", "operations");
  private static final int CLIENTS = 20;

  private final TestBroker broker = TestBroker.redis();
  private final String url = broker.url(HostId.random().value());
  private final SocketIoServer a = server();
  private final SocketIoServer b = server();
  private Path directory = Path.of(".");

  private SocketIoServer server() {
    return SocketIoServer.create(SocketIoServerConfig.builder().port(0).manager(url).build());
  }

  @BeforeEach
  void start(@TempDir Path temporary) {
    directory = temporary;
    a.start();
    b.start();
    await().until(() -> a.hosts().size() == 2 && b.hosts().size() == 2);
  }

  @AfterEach
  void close() {
    a.close();
    b.close();
    broker.close();
  }

  @Test
  void clientsOfHaproxyStayWithTheirHostHearBothAndMoveWhenItEnds() throws IOException {
    String haproxy = OptionalTool.require("haproxy").toString();
    int port = freePort();
    Path configuration = configuration("haproxy.cfg", port);
    Path statistics = directory.resolve("statistics");
    String text = Files.readString(configuration);
    Files.writeString(
        configuration, text.replace("global\n", "global\n  stats socket " + statistics + "\n"));
    try (ChildProcess proxy =
        ChildProcess.start("haproxy", List.of(haproxy, "-db", "-f", configuration.toString()))) {
      assertBalanced(proxy, port, statistics);
    }
  }

  @Test
  void clientsOfNginxStayWithTheirHostHearBothAndMoveWhenItEnds() throws IOException {
    String nginx = OptionalTool.require("nginx").toString();
    int port = freePort();
    try (ChildProcess proxy = nginx(nginx, configuration("nginx.conf", port))) {
      assertBalanced(proxy, port, null);
    }
  }

  @Test
  void withoutStickinessPollingFails() throws IOException {
    String nginx = OptionalTool.require("nginx").toString();
    int port = freePort();
    Path configuration = configuration("nginx.conf", port);
    String sticky = "hash $remote_addr consistent;";
    String text = Files.readString(configuration);
    assertThat(text).contains(sticky);
    Files.writeString(configuration, text.replace(sticky, ""));
    try (ChildProcess proxy = nginx(nginx, configuration)) {
      awaitListening(proxy, port);
      List<String> answers =
          IntStream.range(0, CLIENTS)
              .mapToObj(
                  i -> {
                    PollingClient client = new PollingClient(port, i);
                    client.open();
                    return client.post("40");
                  })
              .toList();
      assertThat(answers).anyMatch(answer -> answer.contains("Session ID unknown"));
    }
  }

  private ChildProcess nginx(String executable, Path configuration) throws IOException {
    Path main =
        Files.writeString(
            directory.resolve("main.conf"),
            """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            error_log stderr;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              include %2$s;
            }
            """
                .formatted(directory, configuration));
    return ChildProcess.start(
        "nginx", List.of(executable, "-p", directory.toString(), "-c", main.toString()));
  }

  private Path configuration(String name, int port) throws IOException {
    String text = Files.readString(DOCUMENTED.resolve(name));
    assertThat(text).contains("127.0.0.1:8080", "127.0.0.1:3001", "127.0.0.1:3002");
    return Files.writeString(
        directory.resolve(name),
        text.replace(":8080", ":" + port)
            .replace(":3001", ":" + a.port())
            .replace(":3002", ":" + b.port()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListening(ChildProcess proxy, int port) {
    await()
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
              } catch (IOException e) {
                assertThat(proxy.isAlive()).as(proxy.describe("ended")).isTrue();
                return false;
              }
            });
  }

  /**
   * Whether HAProxy has no connection to a host. It counts a connection for a while after its
   * client has read the end, and gives the next client to the host with the fewest connections.
   */
  private static boolean isIdle(Path statistics) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(statistics))) {
      channel.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
      String table =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
      List<String> hosts = table.lines().filter(line -> line.matches("starling,[ab],.*")).toList();
      assertThat(hosts).as(table).hasSize(2);
      return hosts.stream().allMatch(line -> line.split(",", -1)[4].equals("0"));
    }
  }

  /**
   * @param statistics the socket of HAProxy's statistics; null for a proxy that spreads clients by
   *     their addresses
   */
  private void assertBalanced(ChildProcess proxy, int port, @Nullable Path statistics) {
    awaitListening(proxy, port);
    List<PollingClient> polling =
        IntStream.range(0, CLIENTS).mapToObj(i -> new PollingClient(port, i)).toList();
    for (PollingClient client : polling) {
      awaitIdle(statistics);
      client.connect();
    }
    assertThat(a.root().sockets().size() + b.root().sockets().size()).isEqualTo(CLIENTS);
    assertThat(a.root().sockets()).as("both hosts have some").isNotEmpty();
    assertThat(b.root().sockets()).as("both hosts have some").isNotEmpty();

    awaitIdle(statistics);
    HttpClient http = HttpClient.newHttpClient();
    NumberedStreams heard = new NumberedStreams("websocket", Map.of("x", 1));
    List<ThinClient> webSockets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      webSockets.add(ThinClient.connect(http, port, heard));
    }
    webSockets.forEach(ThinClient::id);
    if (statistics != null) {
      assertThat(a.root().sockets()).hasSize(CLIENTS / 2 + 2);
    }

    a.emit("s", "x", 0);
    polling.forEach(client -> assertThat(client.poll()).contains("42[\"s\",\"x\",0]"));
    await().until(() -> heard.total() == webSockets.size());

    b.close();
    PollingClient moved = polling.get(0);
    await()
        .atMost(Duration.ofSeconds(15))
        .until(
            () -> {
              List<Boolean> connected = polling.stream().map(PollingClient::reconnect).toList();
              return !connected.contains(false);
            });
    a.emit("s", "x", 1);
    assertThat(moved.poll()).contains("42[\"s\",\"x\",1]");
    webSockets.forEach(ThinClient::close);
  }

  private static void awaitIdle(@Nullable Path statistics) {
    if (statistics != null) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> isIdle(statistics));
    }
  }

  /** A client that polls over connections of its own, from an address of its own. */
  private static final class PollingClient {
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");
    private static final Pattern COOKIE = Pattern.compile("(?im)^set-cookie: *([^=]+=[^;\r\n]+)");

    private final int port;
    private final String address;
    private @Nullable String cookie;
    private String sid = "";

    PollingClient(int port, int number) {
      this.port = port;
      this.address = "127.0.0." + (10 + number);
    }

    void connect() {
      assertThat(reconnect()).as("client from %s", address).isTrue();
    }

    /** Whether it is in the namespace now. */
    boolean reconnect() {
      return open() && post("40").endsWith("ok") && poll().contains("40{");
    }

    boolean open() {
      sid = "";
      Matcher opened = SID.matcher(request("GET", ""));
      boolean found = opened.find();
      sid = found ? "&sid=" + opened.group(1) : "";
      return found;
    }

    String poll() {
      return request("GET", "");
    }

    String post(String body) {
      return request("POST", body);
    }

    private String request(String method, String body) {
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(address, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setSoTimeout(20_000);
        String head =
            method
                + " /socket.io/?EIO=4&transport=polling"
                + sid
                + " HTTP/1.1\r\nHost: chat\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + (cookie == null ? "" : "\r\nCookie: " + cookie)
                + "\r\n\r\n"
                + body;
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        Matcher set = COOKIE.matcher(answer);
        cookie = set.find() ? set.group(1) : cookie;
        return answer;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
