package io.starling.engineio;

import io.starling.protocol.engineio.HandshakeError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a server told it. */
final class RecordingListener implements EngineIoListener {
  final List<EngineIoSession> opened = new ArrayList<>();
  final List<String> messages = new ArrayList<>();
  final List<CloseReason> closed = new ArrayList<>();
  final List<HandshakeError> refused = new ArrayList<>();
  int upgraded;
  int dropped;
  boolean throwing;

  @Override
  public void opened(EngineIoSession session) {
    opened.add(session);
  }

  @Override
  public void message(EngineIoSession session, ByteBuffer data, boolean binary) {
    if (throwing) {
      throw new IllegalStateException("on purpose");
    }
    messages.add(StandardCharsets.UTF_8.decode(data).toString());
  }

  @Override
  public void upgraded(EngineIoSession session) {
    upgraded++;
  }

  @Override
  public void dropped(EngineIoSession session) {
    dropped++;
  }

  @Override
  public void closed(EngineIoSession session, CloseReason reason) {
    closed.add(reason);
  }

  @Override
  public void refused(HandshakeRequest request, HandshakeError error, String detail) {
    refused.add(error);
  }
}
