package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.protocol.payload.EventPayloadCodec;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures how frames of the bus are written and read. Each frame holds {@value #MESSAGES} emits;
 * the figures are for one emit.
 */
@State(Scope.Thread)
public class BusBenchmark {
  private static final int MESSAGES = 16;
  private static final String CHANNEL = "starling:all";

  private final FrameCodec.Header header =
      new FrameCodec.Header(HostId.random(), CHANNEL, 1, MESSAGES, 0);
  private PubSubMessage message = new PubSubMessage.Bye(-1);
  private ByteBuffer frame = ByteBuffer.allocate(0);

  /** Makes a frame such as another host sends. */
  @Setup
  public void prepare() {
    message =
        new PubSubMessage.Perform(
            "/",
            new Operation.Emit(
                Recipients.room("room-17"),
                EventPayloadCodec.standard().encodeEvent("msg", List.of("x".repeat(64)))),
            1);
    frame = encode();
  }

  /** The work of a host that publishes a frame. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public ByteBuffer encode() {
    ByteBuffer encoded = MessageCodec.encode(message);
    return FrameCodec.encode(header, Collections.nCopies(MESSAGES, encoded), FrameSeal.NONE);
  }

  /**
   * The work of a host that receives one of its own frames, or a duplicate: it reads only the
   * header.
   */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long readHeader() throws MalformedFrameException {
    return FrameCodec.decode(frame, FrameSeal.NONE).header().firstSeq();
  }

  /** The work of a host that receives a frame of another host. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void decode(Blackhole blackhole) throws MalformedFrameException {
    FrameCodec.Frame decoded = FrameCodec.decode(frame, FrameSeal.NONE);
    for (ByteBuffer each : FrameCodec.split(decoded)) {
      blackhole.consume(MessageCodec.decode(header.origin(), each));
    }
  }
}
