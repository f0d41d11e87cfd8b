package io.starling.integration.contract;

import io.starling.manager.LocalSocket;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A socket without a client. It remembers what it was sent, and answers events as the test says.
 */
public final class FakeSocket implements LocalSocket {
  private final SocketId id;
  private final List<String> received = new ArrayList<>();
  private @Nullable UnaryOperator<EventPayload> answer;
  private @Nullable EventPayload data;

  public FakeSocket(String id) {
    this.id = new SocketId(id);
  }

  @Override
  public SocketId id() {
    return id;
  }

  @Override
  public @Nullable EventPayload sharedData() {
    synchronized (received) {
      return data;
    }
  }

  /** Sets the data of this socket that other hosts may read. */
  public void data(EventPayload value) {
    synchronized (received) {
      data = value;
    }
  }

  /**
   * Sets how the socket answers an event that wants an ack. Without this call the socket never
   * answers.
   */
  public void answer(UnaryOperator<EventPayload> how) {
    synchronized (received) {
      answer = how;
    }
  }

  /** The number of entries in {@link #received()}. */
  public int count() {
    synchronized (received) {
      return received.size();
    }
  }

  /**
   * Everything that the socket was sent, in order. An event is its JSON text, followed by {@code
   * +n} for each attachment of n bytes. A disconnection is {@code disconnected}, or {@code closed}
   * when the transport was closed as well.
   */
  public List<String> received() {
    synchronized (received) {
      return List.copyOf(received);
    }
  }

  void add(String what) {
    synchronized (received) {
      received.add(what);
    }
  }

  void receive(EventPayload event) {
    StringBuilder text = new StringBuilder(text(event.json()));
    event.attachments().forEach(bytes -> text.append('+').append(bytes.remaining()));
    add(text.toString());
  }

  @Nullable EventPayload answerTo(EventPayload event) {
    synchronized (received) {
      return answer == null ? null : answer.apply(event);
    }
  }

  boolean answers() {
    synchronized (received) {
      return answer != null;
    }
  }

  static String text(ByteBuffer utf8) {
    return StandardCharsets.UTF_8.decode(utf8.duplicate()).toString();
  }
}
