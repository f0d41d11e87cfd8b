package io.starling.integration.cluster;

import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.Executables;
import io.starling.integration.process.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two server processes on one Redis, for all tests of a class; and the clients of one test. When a
 * test fails, what the servers printed is part of the report.
 */
final class TestCluster implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<JavaClient> clients = new ArrayList<>();
  private String managerUrl = "";

  @Override
  public void beforeAll(ExtensionContext context) {
    TestBroker redis = TestBroker.redis();
    resources.add(redis);
    managerUrl = redis.url("test-" + UUID.randomUUID());
    startServer("server a", 0);
    startServer("server b", 0);
  }

  /** One more server, or one that was killed, on its old port. */
  ServerProcess startServer(String name, int port) {
    ServerProcess server = ServerProcess.start(name, port, managerUrl);
    resources.add(server);
    servers.add(server);
    return server;
  }

  ServerProcess a() {
    return servers.get(0);
  }

  ServerProcess b() {
    return servers.get(1);
  }

  /** An emitter process on the same broker. */
  ChildProcess emitter(List<String> command) {
    List<String> options = new ArrayList<>(List.of("--manager", managerUrl));
    options.addAll(command);
    return Executables.emitter("emitter", options);
  }

  /** An emitter process that sends numbered messages of the origin "emitter". */
  ChildProcess streamEmitter(int count) {
    ChildProcess emitter = emitter(List.of("batch"));
    emitter.input(
        IntStream.range(0, count)
            .mapToObj("{\"event\":\"stream\",\"args\":[\"emitter\",%d]}"::formatted)
            .toList());
    return emitter;
  }

  JavaClient connect(ServerProcess server, Transport transport) {
    JavaClient client = open(server, transport);
    client.awaitConnected();
    return client;
  }

  /** As {@link #connect} without waiting, so that many can connect at once. */
  JavaClient open(ServerProcess server, Transport transport) {
    JavaClient client = JavaClient.open(server.url(), transport);
    clients.add(client);
    return client;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    clients.forEach(JavaClient::close);
    clients.clear();
    if (context.getExecutionException().isPresent()) {
      servers.forEach(
          server -> System.out.println(server.process().describe("served a failed test")));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
  }
}
