package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.socketio.PacketEncoder;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures an event to many WebSockets: the event is encoded once, and all clients share its bytes.
 * The channels have no network.
 */
@State(Scope.Thread)
public class FanOutBenchmark {
  @Param({"1", "100", "1000"})
  private int recipients;

  private final EventPayloadCodec codec = EventPayloadCodec.standard();
  private final String argument = "x".repeat(64);
  private List<EmbeddedChannel> channels = List.of();

  /** Makes channels that keep what is written to them. */
  @Setup
  public void prepare() {
    channels = Stream.generate(EmbeddedChannel::new).limit(recipients).toList();
  }

  /** Sends one broadcast. */
  @Benchmark
  public int broadcast() {
    ByteBuffer text =
        PacketEncoder.encode(
            new SocketIoPacket.Event(
                "/", SocketIoPacket.NO_ACK, codec.encodeEvent("msg", List.of(argument))));
    WebSocketFrames frames =
        new WebSocketFrames(
            new OutboundMessage(List.of(new EngineIoPacket.Message(text, false)), false, true));
    int bytes = 0;
    for (EmbeddedChannel channel : channels) {
      channel.writeOutbound(frames.bytes(CompressionThreshold.OFF).retainedDuplicate());
      ByteBuf written = channel.readOutbound();
      bytes += written.readableBytes();
      written.release();
    }
    frames.release();
    return bytes;
  }
}
