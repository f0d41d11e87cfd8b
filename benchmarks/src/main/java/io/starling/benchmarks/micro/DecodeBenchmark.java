package io.starling.benchmarks.micro;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.PacketCodec;
import io.starling.protocol.payload.Event;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.socketio.PacketEncoder;
import io.starling.protocol.socketio.PacketLimits;
import io.starling.protocol.socketio.PacketParser;
import io.starling.protocol.socketio.SocketIoPacket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the way from the text of a WebSocket message to the arguments of a handler, and the way
 * back.
 */
@State(Scope.Thread)
public class DecodeBenchmark {
  @Param({"64", "1024"})
  private int payloadBytes;

  private final PacketParser parser =
      new PacketParser(namespace -> true, new PacketLimits(10, 500));
  private final EventPayloadCodec codec = EventPayloadCodec.standard();
  private String argument = "";
  private ByteBuffer frame = ByteBuffer.allocate(0);

  /** Makes a frame such as a client sends. */
  @Setup
  public void prepare() {
    argument = "x".repeat(payloadBytes);
    frame = StandardCharsets.UTF_8.encode("4213[\"chat\",\"" + argument + "\"]");
  }

  /** The cost of one received event. */
  @Benchmark
  public Event decode() {
    EngineIoPacket packet = PacketCodec.decodeText(frame.duplicate());
    SocketIoPacket event = parser.text(((EngineIoPacket.Message) packet).data());
    if (event instanceof SocketIoPacket.Event received) {
      return codec.decodeEvent(received.payload());
    }
    throw new IllegalStateException("packet: " + event + " (expected: an event)");
  }

  /** The cost of the text of one sent event, which is built once for all recipients. */
  @Benchmark
  public ByteBuffer encode() {
    EventPayload payload = codec.encodeEvent("chat", List.of(argument));
    return PacketEncoder.encode(new SocketIoPacket.Event("/", SocketIoPacket.NO_ACK, payload));
  }
}
