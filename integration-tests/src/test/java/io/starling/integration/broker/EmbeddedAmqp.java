package io.starling.integration.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.model.SystemConfig;

/**
 * An AMQP 0-9-1 broker in this JVM, on a free port of the loopback; guest may enter. It ignores the
 * limits of queues, which are RabbitMQ's own.
 */
final class EmbeddedAmqp implements TestBroker.Running {
  private static final String CONFIGURATION =
      """
      {
        "name": "test",
        "modelVersion": "9.0",
        "context": {"queue.behaviourOnUnknownDeclareArgument": "IGNORE"},
        "authenticationproviders": [{
          "name": "plain",
          "type": "Plain",
          "secureOnlyMechanisms": [],
          "users": [{"name": "guest", "type": "managed", "password": "guest"}]
        }],
        "ports": [{
          "name": "AMQP",
          "port": %d,
          "bindingAddress": "127.0.0.1",
          "authenticationProvider": "plain",
          "protocols": ["AMQP_0_9_1"],
          "virtualhostaliases": [
            {"name": "name", "type": "nameAlias"},
            {"name": "default", "type": "defaultAlias"}
          ]
        }],
        "virtualhostnodes": [{
          "name": "default",
          "type": "Memory",
          "defaultVirtualHostNode": "true",
          "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
        }]
      }
      """;

  private final SystemLauncher broker;
  private final int port;

  private EmbeddedAmqp(SystemLauncher broker, int port) {
    this.broker = broker;
    this.port = port;
  }

  static EmbeddedAmqp start() {
    int port = Ports.free();
    SystemLauncher broker = new SystemLauncher();
    try {
      Path configuration = Files.createTempFile("starling-amqp", ".json");
      Files.writeString(configuration, CONFIGURATION.formatted(port));
      broker.startup(
          Map.of(
              SystemConfig.TYPE,
              "Memory",
              SystemConfig.INITIAL_CONFIGURATION_LOCATION,
              configuration.toUri().toString(),
              SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT,
              false));
      Files.delete(configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the embedded AMQP broker does not start", e);
    }
    return new EmbeddedAmqp(broker, port);
  }

  @Override
  public String url() {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  @Override
  public void close() {
    broker.shutdown();
  }
}
