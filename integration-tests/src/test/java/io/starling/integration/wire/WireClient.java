package io.starling.integration.wire;

import io.starling.socketio.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What a client sends and receives at one endpoint, with nothing hidden. The server is one for all
 * tests, in this process, unless the property {@code starling.conformance.port} names another.
 */
final class WireClient {
  static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final String authority;
  private final String path;

  /** A client of an endpoint such as {@code /engine.io/}, by the host's name. */
  WireClient(String path) {
    this(path, "localhost");
  }

  WireClient(String path, String host) {
    this.authority = host + ":" + Running.PORT;
    this.path = path;
  }

  /** Opens a polling session and gives the query of its requests. */
  String openPolling() {
    return polling(get("?EIO=4&transport=polling").body().substring(9, 29));
  }

  static String polling(String sid) {
    return "?EIO=4&transport=polling&sid=" + sid;
  }

  static String webSocket(String sid) {
    return "?EIO=4&transport=websocket&sid=" + sid;
  }

  static String sid(String query) {
    return query.substring(query.length() - 20);
  }

  /** Opens a session over a WebSocket and takes the open packet off it. */
  WireWebSocket openWebSocket() {
    WireWebSocket socket = connect("?EIO=4&transport=websocket");
    socket.next();
    return socket;
  }

  /** Connects a WebSocket; throws as {@link CompletableFuture#join} does when it is refused. */
  WireWebSocket connect(String query) {
    return WireWebSocket.connect(URI.create("ws://" + authority + path + query));
  }

  HttpResponse<String> get(String query) {
    return getLater(query).join();
  }

  /**
   * As {@link WireWebSocket#message()}, for polling: the packets of the next response with some.
   */
  String messages(String query) {
    String messages = "";
    for (int responses = 0; responses < 3 && messages.isEmpty(); responses++) {
      List<String> packets = List.of(get(query).body().split("\u001e", -1));
      if (packets.contains("2")) {
        post(query, "3");
      }
      messages =
          packets.stream()
              .filter(packet -> !packet.equals("2"))
              .collect(Collectors.joining("\u001e"));
    }
    return messages;
  }

  CompletableFuture<HttpResponse<String>> getLater(String query) {
    return send(request(query).build());
  }

  HttpResponse<String> post(String query, String body) {
    return request("POST", query, body);
  }

  HttpResponse<String> request(String method, String query, String body) {
    return send(request(query).method(method, BodyPublishers.ofString(body)).build()).join();
  }

  private HttpRequest.Builder request(String query) {
    return HttpRequest.newBuilder(URI.create("http://" + authority + path + query))
        .timeout(TIMEOUT);
  }

  private static CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
    return HTTP.sendAsync(request, BodyHandlers.ofString());
  }

  private static final class Running {
    static final int PORT = port();

    private static int port() {
      Integer other = Integer.getInteger("starling.conformance.port");
      if (other != null) {
        return other;
      }
      SocketIoServer server = ConformanceServer.start(0);
      return server.port();
    }
  }
}
