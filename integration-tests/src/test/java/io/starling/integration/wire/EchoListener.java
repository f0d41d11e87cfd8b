package io.starling.integration.wire;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoListener;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends every message back as it came. */
final class EchoListener implements EngineIoListener {
  private volatile @Nullable EngineIoServer server;

  void answerThrough(EngineIoServer value) {
    server = value;
  }

  @Override
  public void opened(EngineIoSession session) {}

  @Override
  public void message(EngineIoSession session, ByteBuffer data, boolean binary) {
    EngineIoServer through = server;
    if (through != null) {
      ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
      EngineIoPacket.Message echo = new EngineIoPacket.Message(copy, binary);
      through.send(session, new OutboundMessage(List.of(echo), false, true));
    }
  }

  @Override
  public void closed(EngineIoSession session, CloseReason reason) {}
}
