package io.starling.benchmarks.client;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.function.Consumer;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The official Java client. All connections share an HTTP client, which costs the least. */
record OfficialClient(Socket socket) implements MeasuredClient {
  private static final int UNLIMITED = 1_000_000;

  static Library library(URI url) {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(UNLIMITED);
    dispatcher.setMaxRequestsPerHost(UNLIMITED);
    OkHttpClient http = new OkHttpClient.Builder().dispatcher(dispatcher).build();
    return (connected, message) -> open(url, http, connected, message);
  }

  private static MeasuredClient open(
      URI url, OkHttpClient http, Runnable connected, Consumer<String> message) {
    IO.Options options =
        IO.Options.builder()
            .setForceNew(true)
            .setReconnection(false)
            .setTransports(new String[] {"websocket"})
            .build();
    options.callFactory = http;
    options.webSocketFactory = http;
    Socket socket = IO.socket(url, options);
    socket.on(Socket.EVENT_CONNECT, arguments -> connected.run());
    socket.on("msg", arguments -> message.accept((String) arguments[0]));
    socket.connect();
    return new OfficialClient(socket);
  }

  @Override
  public void echo(String value, Consumer<String> ack) {
    Ack answered = arguments -> ack.accept((String) arguments[0]);
    socket.emit("echo", value, answered);
  }

  @Override
  public void broadcast(String payload) {
    socket.emit("bcast", null, payload);
  }

  @Override
  public void close() {
    socket.disconnect();
  }
}
