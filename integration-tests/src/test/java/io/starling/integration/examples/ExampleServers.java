package io.starling.integration.examples;

import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.manager.HostId;
import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Two servers of one application on a Redis, and the clients that a test connects. */
final class ExampleServers implements AutoCloseable {
  private final TestBroker broker = TestBroker.redis();
  private final String manager = broker.url(HostId.random().value());
  private final List<SocketIoServer> servers;
  private final List<JavaClient> clients = new ArrayList<>();

  private ExampleServers(Function<String, SocketIoServer> application) {
    servers = List.of(application.apply(manager), application.apply(manager));
    await().until(() -> servers.stream().allMatch(server -> server.hosts().size() == 2));
  }

  /** Of an application that is given its server. */
  static ExampleServers of(SocketIoApplication application) {
    return made(
        manager -> {
          SocketIoServer server =
              SocketIoServer.create(
                  SocketIoServerConfig.builder().port(0).manager(manager).build());
          application.configure(server);
          return server;
        });
  }

  /** Of what makes a server on a free port when it is given the URL of the broker. */
  static ExampleServers made(Function<String, SocketIoServer> application) {
    return started(
        manager -> {
          SocketIoServer server = application.apply(manager);
          server.start();
          return server;
        });
  }

  /** The same, of what starts it too. */
  static ExampleServers started(Function<String, SocketIoServer> application) {
    return new ExampleServers(application);
  }

  String manager() {
    return manager;
  }

  SocketIoServer server(int index) {
    return servers.get(index);
  }

  /** A client of one of the two, in a namespace. */
  JavaClient connect(int index, String namespace, Map<String, String> auth) {
    JavaClient client = open(index, namespace, auth);
    client.awaitConnected();
    return client;
  }

  /** The same, which may yet be refused. */
  JavaClient open(int index, String namespace, Map<String, String> auth) {
    URI url = URI.create("http://localhost:" + servers.get(index).port() + namespace);
    JavaClient client = JavaClient.open(url, Transport.WEBSOCKET, auth);
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    clients.forEach(JavaClient::close);
    servers.forEach(SocketIoServer::close);
    broker.close();
  }
}
