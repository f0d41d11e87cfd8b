package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.TransportKind;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

final class EventLogTest {
  private static final Handshake HANDSHAKE =
      new Handshake(
          new HandshakeRequest(
              "/socket.io/",
              Map.of("token", List.of("opensesame")),
              Map.of("authorization", List.of("opensesame")),
              InetSocketAddress.createUnresolved("client", 1),
              false,
              List.of(),
              Instant.EPOCH),
          JsonNodeFactory.instance.objectNode().put("password", "opensesame"));

  private final RecordingLogger engine = new RecordingLogger();
  private final RecordingLogger server = new RecordingLogger();
  private final EventLog log = new EventLog(engine, server);

  @Test
  void connectionsAreToldAtDebugLevelToTheLoggerOfEngineIo() {
    log.sessionOpened(HANDSHAKE, TransportKind.POLLING);
    log.sessionUpgraded(HANDSHAKE);
    log.messageDropped(HANDSHAKE);
    log.sessionClosed(HANDSHAKE, DisconnectReason.SLOW_CONSUMER);
    log.handshakeRefused(HANDSHAKE, "EIO: 3 (expected: 4)");

    assertThat(engine.lines)
        .containsExactly(
            "DEBUG session of client/<unresolved>:1 opened over polling",
            "DEBUG session of client/<unresolved>:1 upgraded to websocket",
            "DEBUG message to client/<unresolved>:1 dropped",
            "DEBUG session of client/<unresolved>:1 closed: slow consumer",
            "DEBUG request of client/<unresolved>:1 refused: EIO: 3 (expected: 4)");
    assertThat(server.lines).isEmpty();
  }

  @Test
  void refusalsAreToldAtDebugLevelAndFailuresAsErrorsToTheLoggerOfSocketIo() {
    log.packetRefused(HANDSHAKE, "packet type: 9 (expected: 0 to 6)");
    log.connectRefused("/x", HANDSHAKE, "Invalid namespace", null);
    log.connectRefused("/x", HANDSHAKE, "no", new ConnectRefusedException("no"));
    log.connectRefused("/x", HANDSHAKE, "Internal error", new IllegalStateException());
    log.serverEventFailed("/", "tick", new IllegalStateException());

    assertThat(server.lines)
        .containsExactly(
            "DEBUG connection of client/<unresolved>:1 closed: packet type: 9 (expected: 0 to 6)",
            "DEBUG connect to /x from client/<unresolved>:1 refused: Invalid namespace",
            "DEBUG connect to /x from client/<unresolved>:1 refused: no",
            "ERROR connect to /x from client/<unresolved>:1 refused",
            "ERROR handler of server event tick in / failed");
    assertThat(engine.lines).isEmpty();
  }

  @Test
  void certificatesOfNoUseAreErrors() {
    log.certificateRefused("tls-key: x (expected: PKCS#8)");

    assertThat(engine.lines)
        .containsExactly("ERROR certificate not changed: tls-key: x (expected: PKCS#8)");
  }

  @Test
  void aNameOfAClientDoesNotBreakTheLine() {
    log.connectRefused(
        "/x\r\nERROR\u2028", HANDSHAKE, "Internal error", new IllegalStateException());

    assertThat(server.lines)
        .containsExactly(
            "ERROR connect to /x\\u000d\\u000aERROR\\u2028 from client/<unresolved>:1 refused");
  }
}
