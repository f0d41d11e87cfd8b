package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.EngineIoSession;
import io.starling.socketio.transport.IoKind;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the kernel takes of the bytes for a client that reads slowly. */
class UnsentBytesWireTest {
  private static final int MESSAGES = 100;
  private static final int MESSAGE_BYTES = 100_000;

  static Stream<IoKind> kindsThatCanTellTheKernel() {
    return Stream.of(IoKind.values())
        .filter(NativeIo::available)
        .filter(kind -> NativeIo.unsentBytes(kind) != null);
  }

  @ParameterizedTest
  @MethodSource("kindsThatCanTellTheKernel")
  void theKernelTakesLittleMoreThanTheClientReads(IoKind kind) throws IOException {
    try (EchoServer server = new EchoServer(transport -> transport.io(kind));
        RawConnection socket = smallReceiver(server)) {
      socket.upgrade(EchoServer.WEBSOCKET);
      socket.text();
      EngineIoSession session = server.sessions.values().iterator().next();
      for (int i = 0; i < MESSAGES; i++) {
        server.engine.send(
            session,
            EchoServer.message(StandardCharsets.UTF_8.encode("x".repeat(MESSAGE_BYTES)), false));
      }
      for (int read = 1; read <= 20; read++) {
        assertThat(socket.text()).hasSize(MESSAGE_BYTES + 1);

        long left = (long) (MESSAGES - read) * MESSAGE_BYTES;
        assertThat(left - queuedBytes(session)).isLessThan(500_000);
      }
    }
  }

  private static RawConnection smallReceiver(EchoServer server) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16_384);
    socket.connect(server.address);
    return new RawConnection(socket);
  }

  private static long queuedBytes(EngineIoSession session) {
    return CompletableFuture.supplyAsync(session::queuedBytes, session.loop()).join();
  }
}
