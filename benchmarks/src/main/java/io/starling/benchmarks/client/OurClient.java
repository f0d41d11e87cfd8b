package io.starling.benchmarks.client;

import static java.util.Objects.requireNonNull;

import io.starling.client.ClientOptions;
import io.starling.client.SocketIoClient;
import io.starling.client.TransportKind;
import java.net.URI;
import java.util.function.Consumer;

/** Starling's client. */
record OurClient(SocketIoClient client) implements MeasuredClient {
  static Library library(URI url) {
    ClientOptions options =
        ClientOptions.builder().reconnection(false).transports(TransportKind.WEBSOCKET).build();
    return (connected, message) -> {
      SocketIoClient client = SocketIoClient.create(url.toString(), options);
      client.socket().onConnect(connected::run);
      client.socket().on("msg", String.class, (payload, ack) -> message.accept(payload));
      var unused = client.connectAsync();
      return new OurClient(client);
    };
  }

  @Override
  public void echo(String value, Consumer<String> ack) {
    var unused =
        client
            .socket()
            .emitWithAck("echo", value)
            .thenAccept(answer -> ack.accept(requireNonNull(answer.get(0, String.class))));
  }

  @Override
  public void broadcast(String payload) {
    client.socket().emit("bcast", null, payload);
  }

  @Override
  public void close() {
    client.disconnect();
  }
}
