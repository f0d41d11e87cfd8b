package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.starling.engineio.CloseReason;
import io.starling.engineio.Delivery;
import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.engineio.TransportEvents;
import io.starling.engineio.TransportKind;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.MalformedPacketException;
import io.starling.engineio.protocol.PacketCodec;
import io.starling.socketio.transport.CompressionThreshold;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket. Its channel may live on another event loop than its session, as after most upgrades:
 * what arrives hops in {@link #channelRead}, what leaves hops inside Netty, which keeps the order.
 * The frames go to the channel as bytes; no frame encoder takes part.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter
    implements EngineIoTransport, WebSocketReader.Messages {
  private static final long MAX_HANDED_OVER_BYTES = 1 << 20;

  /** What a frame takes besides its content, roughly. */
  private static final long FRAME_BYTES = 256;

  /** What a channel holds of a client that does not keep up; the rest waits in the session. */
  private static final WriteBufferWaterMark HELD_BYTES =
      new WriteBufferWaterMark(16 << 10, 32 << 10);

  /** How long a client that broke a rule may take for its close frame. */
  private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(1);

  private static final byte[] EMPTY = {};

  private static final AtomicLongFieldUpdater<WebSocketTransport> HANDED_OVER =
      AtomicLongFieldUpdater.newUpdater(WebSocketTransport.class, "handedOver");

  private final Channel channel;
  private final SessionExecutor channelLoop;
  private final SessionExecutor sessionLoop;
  private final Duration closeTimeout;
  private final CompressionThreshold deflate;
  private final boolean base64;
  private final GatheredWrites writes;
  private final WebSocketReader reader;

  /** Whether nothing in the pipeline changes what is written, so that writes may go past it. */
  private final boolean direct;

  /** Made when the client does not keep up; owned by the channel's loop. */
  private @Nullable WriteProgress progress;

  /** The bytes of frames that wait for the session's loop. */
  private volatile long handedOver;

  /**
   * Closes the channel of a client that does not answer a close frame; null unless it waits. Owned
   * by the channel's loop.
   */
  private @Nullable Cancellable closeTimer;

  /** Whether no more is to be read; owned by the channel's loop. */
  private boolean readingStopped;

  // Owned by the session's loop.
  private @Nullable TransportEvents events;
  private boolean closing;

  /** Whether the client has sent its close frame. */
  private boolean peerClosed;

  /** What the last ping said that came while the client did not read; it waits for its pong. */
  private byte @Nullable [] owedPong;

  /** What a close frame says: the same as the client's, if that came first. */
  private byte[] answer = EMPTY;

  /**
   * A transport over the channel of an exchange.
   *
   * @param format compression is off unless the client agreed
   */
  WebSocketTransport(
      HttpExchange exchange,
      SessionExecutor sessionLoop,
      EngineIoConfig config,
      WebSocketFrames.Format format) {
    this.channel = exchange.channel();
    this.channelLoop = exchange.loop();
    this.writes = new GatheredWrites(channel, exchange.loop().gatheringQuota());
    this.sessionLoop = sessionLoop;
    this.closeTimeout = config.closeTimeout();
    this.deflate = format.deflate();
    this.base64 = format.base64();
    this.reader = new WebSocketReader(this, config.maxPayloadBytes(), deflate.on());
    channel.config().setWriteBufferWaterMark(HELD_BYTES);
    this.direct = channel.pipeline().get(SslHandler.class) == null;
  }

  /** Writes what comes before the frames. On the channel's loop, before anything else. */
  void begin(ByteBuf response) {
    send(response);
  }

  @Override
  public TransportKind kind() {
    return TransportKind.WEBSOCKET;
  }

  @Override
  public void bind(TransportEvents events) {
    this.events = events;
    if (!channel.isActive()) {
      fail(CloseReason.TRANSPORT_CLOSE);
    }
  }

  @Override
  public boolean ready() {
    return !closing;
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long queued = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    return queued + writes.bytes();
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    if (!closing) {
      CompressionThreshold threshold = compress ? deflate : CompressionThreshold.OFF;
      sendOrGather(WebSocketFrames.of(packet, threshold, channel.alloc()));
    }
  }

  @Override
  public void write(Delivery delivery) {
    if (!closing) {
      ByteBuf frames = frames(delivery);
      if (!writes.gathered(frames)) {
        send(frames.retainedDuplicate());
      }
    }
  }

  @Override
  public boolean prepare(Delivery delivery) {
    frames(delivery);
    return true;
  }

  private ByteBuf frames(Delivery delivery) {
    WebSocketFrames frames = delivery.encoded(WebSocketFrames.class, WebSocketFrames::new);
    return (base64 ? frames.base64() : frames).bytes(deflate);
  }

  @Override
  public boolean flushesAtOnce() {
    return writesDirectly() && !NativeIo.flushesLater(channel);
  }

  @Override
  public void flush() {
    if (writesDirectly()) {
      writes.queue();
      channel.unsafe().flush();
    } else {
      channel.flush();
    }
  }

  @Override
  public void progress(LongConsumer then) {
    channelLoop.run(
        () -> {
          long changes = changes();
          sessionLoop.run(() -> then.accept(changes));
        });
  }

  @Override
  public void close(CloseReason reason) {
    if (reason == CloseReason.SLOW_CONSUMER) {
      closing = true;
      writes.drop();
      ChannelWrites.close(channel);
    } else {
      sendClose(Unpooled.wrappedBuffer(answer), broken(reason));
      if (peerClosed) {
        ChannelWrites.closeAfterWrites(channel);
      }
    }
  }

  private static boolean broken(CloseReason reason) {
    return switch (reason) {
      case PARSE_ERROR, TRANSPORT_ERROR, FORCED_CLOSE -> true;
      case PING_TIMEOUT,
          TRANSPORT_CLOSE,
          FORCED_SERVER_CLOSE,
          SERVER_SHUTTING_DOWN,
          SLOW_CONSUMER ->
          false;
    };
  }

  @Override
  public void discard() {
    close(CloseReason.TRANSPORT_CLOSE);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      reader.read(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    reader.close();
  }

  @Override
  public void received(int opcode, ByteBuf buffer, int start, int length) {
    if (sessionLoop.inLoop()) {
      handle(opcode, buffer, start, length);
    } else {
      // A copy: a slice would hold all that was read with it.
      handOver(opcode, channel.alloc().buffer(length).writeBytes(buffer, start, length));
    }
  }

  /** A client that sends faster than the session's loop works is not read from meanwhile. */
  private void handOver(int opcode, ByteBuf payload) {
    long bytes = payload.readableBytes() + FRAME_BYTES;
    if (HANDED_OVER.addAndGet(this, bytes) > MAX_HANDED_OVER_BYTES) {
      channel.config().setAutoRead(false);
    }
    sessionLoop.execute(
        () -> {
          try {
            handle(opcode, payload, payload.readerIndex(), payload.readableBytes());
          } finally {
            payload.release();
            tookOver(bytes);
          }
        });
  }

  private void tookOver(long bytes) {
    long left = HANDED_OVER.addAndGet(this, -bytes);
    if (left <= MAX_HANDED_OVER_BYTES && left + bytes > MAX_HANDED_OVER_BYTES) {
      channelLoop.execute(this::readOn);
    }
  }

  private void readOn() {
    if (handedOver <= MAX_HANDED_OVER_BYTES && !readingStopped) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void read(boolean on) {
    channelLoop.run(
        () -> {
          readingStopped = !on;
          if (on) {
            reader.resume();
            readOn();
          } else {
            reader.pause();
            channel.config().setAutoRead(false);
          }
        });
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      sessionLoop.run(this::tookBytes);
    }
  }

  private void tookBytes() {
    sendOwedPong();
    TransportEvents heard = events;
    if (heard != null) {
      heard.ready();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (closeTimer != null) {
      closeTimer.cancel();
      closeTimer = null;
    }
    try {
      // What the client sent before it left, however long its handlers let it wait.
      reader.finish();
    } finally {
      sessionLoop.run(() -> fail(CloseReason.TRANSPORT_CLOSE));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean connectionLost = cause instanceof IOException;
    if (!connectionLost) {
      reader.close();
    }
    ChannelWrites.close(channel);
    if (!connectionLost) {
      sessionLoop.run(() -> fail(CloseReason.TRANSPORT_ERROR));
    }
  }

  @Override
  public void failed(WebSocketCloseStatus status) {
    sessionLoop.run(
        () -> {
          if (closing) {
            channelLoop.run(() -> awaitClose(true));
          }
          sendClose(status(status), true);
          fail(CloseReason.TRANSPORT_ERROR);
        });
  }

  @Override
  public void closedAfterFailure() {
    sessionLoop.run(() -> ChannelWrites.closeAfterWrites(channel));
  }

  private void handle(int opcode, ByteBuf buffer, int start, int length) {
    if (opcode == WebSocketFrames.CLOSE) {
      peerClosed(buffer.slice(start, length));
    } else if (closing || events == null) {
      return;
    } else if (opcode == WebSocketFrames.PING) {
      pinged(ByteBufUtil.getBytes(buffer, start, length));
    } else if (opcode == WebSocketFrames.BINARY) {
      events.received(PacketCodec.decodeBinary(buffer.internalNioBuffer(start, length)));
    } else {
      receivedText(buffer.internalNioBuffer(start, length), events);
    }
  }

  /** Of the pings of a client that does not read, the last is answered: RFC 6455, section 5.5.3. */
  private void pinged(byte[] payload) {
    owedPong = payload;
    if (channel.isWritable()) {
      sendOwedPong();
    }
  }

  private void sendOwedPong() {
    byte[] payload = owedPong;
    if (payload != null && !closing) {
      owedPong = null;
      ByteBuf content = Unpooled.wrappedBuffer(payload);
      sendOrGather(WebSocketFrames.control(WebSocketFrames.PONG, content, channel.alloc()));
      flush();
    }
  }

  private void receivedText(ByteBuffer content, TransportEvents events) {
    EngineIoPacket packet;
    try {
      packet = PacketCodec.decodeText(content);
    } catch (MalformedPacketException e) {
      if (WebSocketReader.utf8(content)) {
        events.failed(CloseReason.PARSE_ERROR);
      } else {
        failed(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
      }
      return;
    }
    events.received(packet);
  }

  /** The session writes what waits for the client while it reads, then closes this transport. */
  private void peerClosed(ByteBuf payload) {
    answer = ByteBufUtil.getBytes(payload);
    peerClosed = true;
    TransportEvents heard = events;
    if (heard != null && !closing) {
      heard.failed(CloseReason.TRANSPORT_CLOSE);
    } else {
      sendClose(Unpooled.wrappedBuffer(answer), false);
      ChannelWrites.closeAfterWrites(channel);
      fail(CloseReason.TRANSPORT_CLOSE);
    }
  }

  private void fail(CloseReason reason) {
    closing = true;
    writes.drop();
    TransportEvents heard = events;
    if (heard != null) {
      events = null;
      heard.failed(reason);
    }
  }

  /**
   * Sends a close frame, behind which nothing is sent.
   *
   * @param broken whether the client broke a rule
   */
  private void sendClose(ByteBuf payload, boolean broken) {
    if (closing) {
      return;
    }
    closing = true;
    sendOrGather(WebSocketFrames.control(WebSocketFrames.CLOSE, payload, channel.alloc()));
    flush();
    channelLoop.run(() -> awaitClose(broken));
  }

  /**
   * What comes before the client's close frame is read and dropped: unread, it would cause a reset.
   */
  private void awaitClose(boolean broken) {
    if (readingStopped) {
      read(true);
    }
    if (closeTimer != null) {
      closeTimer.cancel();
    }
    if (!channel.isActive()) {
      return;
    } else if (broken) {
      closeTimer = channelLoop.schedule(FAILURE_TIMEOUT, () -> ChannelWrites.close(channel));
    } else {
      long changes = changes();
      closeTimer = channelLoop.schedule(closeTimeout, () -> closeUnlessTaking(changes));
    }
  }

  /** A client that is still taking what was written before the close frame has its time anew. */
  private void closeUnlessTaking(long before) {
    if (ChannelWrites.unsent(channel) > 0 && changes() != before) {
      awaitClose(false);
    } else {
      ChannelWrites.close(channel);
    }
  }

  private long changes() {
    WriteProgress made = progress;
    if (made == null) {
      made = new WriteProgress(channel);
      progress = made;
    }
    return made.changes();
  }

  private void sendOrGather(ByteBuf frame) {
    if (writes.gathered(frame)) {
      frame.release();
    } else {
      send(frame);
    }
  }

  private void send(ByteBuf frame) {
    if (!writesDirectly()) {
      ChannelWrites.write(channel, frame);
      return;
    }
    writes.write(frame);
  }

  private boolean writesDirectly() {
    return direct && channelLoop.inLoop();
  }

  private static ByteBuf status(WebSocketCloseStatus status) {
    byte[] reason = status.reasonText().getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer(2 + reason.length).writeShort(status.code()).writeBytes(reason);
  }
}
