package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
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

  /** Frames up to this size are copied behind others of their turn, not queued one by one. */
  private static final int MAX_GATHERED_BYTES = 512;

  private static final int GATHERING_BYTES = 2048;

  // A client for whom more waits does not keep up: its frames share their bytes with others'.
  private static final int MAX_WAITING_WRITES = 4;
  private static final long MAX_WAITING_BYTES = 16 << 10;

  private static final AtomicLongFieldUpdater<WebSocketTransport> HANDED_OVER =
      AtomicLongFieldUpdater.newUpdater(WebSocketTransport.class, "handedOver");

  private final Channel channel;
  private final SessionExecutor channelLoop;
  private final SessionExecutor sessionLoop;
  private final Duration closeTimeout;
  private final CompressionThreshold deflate;
  private final GatheringQuota quota;
  private final WebSocketReader reader;

  /** Whether nothing in the pipeline changes what is written, so that writes may go past it. */
  private final boolean direct;

  /** The bytes of frames that wait for the session's loop. */
  private volatile long handedOver;

  /**
   * Closes the channel of a client that does not answer a close frame; null unless it waits. Owned
   * by the channel's loop.
   */
  private @Nullable Cancellable closeTimer;

  // Owned by the session's loop.
  private @Nullable TransportEvents events;
  private boolean closing;

  /**
   * The last small frames, not queued at the channel yet; null unless written past the pipeline.
   */
  private @Nullable ByteBuf unflushed;

  /**
   * Whether {@link #unflushed} is a buffer of this transport's own, which the loop's quota counts.
   */
  private boolean gathering;

  /** What the last ping said that came while the client did not read; it waits for its pong. */
  private byte @Nullable [] owedPong;

  /**
   * A transport over the channel of an exchange.
   *
   * @param deflate which messages are compressed; off unless the client agreed
   */
  WebSocketTransport(
      HttpExchange exchange,
      SessionExecutor sessionLoop,
      EngineIoConfig config,
      CompressionThreshold deflate) {
    this.channel = exchange.channel();
    this.channelLoop = exchange.loop();
    this.quota = exchange.loop().gatheringQuota();
    this.sessionLoop = sessionLoop;
    this.closeTimeout = config.closeTimeout();
    this.deflate = deflate;
    this.reader = new WebSocketReader(this, config.maxPayloadBytes(), deflate.on());
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
    return true;
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long queued = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    return unflushed == null ? queued : queued + unflushed.readableBytes();
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
      ByteBuf frames = delivery.encoded(WebSocketFrames.class, WebSocketFrames::new).bytes(deflate);
      if (!gathered(frames)) {
        send(frames.retainedDuplicate());
      }
    }
  }

  @Override
  public boolean flushesAtOnce() {
    return writesDirectly() && !NativeIo.flushesLater(channel);
  }

  @Override
  public void flush() {
    if (writesDirectly()) {
      queueUnflushed();
      channel.unsafe().flush();
    } else {
      channel.flush();
    }
  }

  @Override
  public void settle(Runnable then) {
    flush();
    if (NativeIo.flushesLater(channel)) {
      channelLoop.run(() -> new Settling(then).schedule());
    } else if (channelLoop.inLoop()) {
      then.run();
    } else {
      channelLoop.execute(() -> sessionLoop.execute(then));
    }
  }

  /**
   * Waits, on the channel's loop, until the network takes no more. A timer without delay fires
   * after the next input and output of its loop, at the latest after the one that follows it.
   */
  private final class Settling implements Runnable {
    private static final int MAX_IDLE_TURNS = 2;

    private final Runnable then;
    private @Nullable Object first;
    private long taken;
    private int idleTurns;

    Settling(Runnable then) {
      this.then = then;
    }

    void schedule() {
      channelLoop.schedule(Duration.ZERO, this);
    }

    @Override
    public void run() {
      flush();
      ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
      if (buffer == null || buffer.isEmpty() || idle(buffer)) {
        sessionLoop.run(then);
      } else {
        schedule();
      }
    }

    private boolean idle(ChannelOutboundBuffer buffer) {
      Object current = buffer.current();
      long progress = buffer.currentProgress();
      idleTurns = current == first && progress == taken ? idleTurns + 1 : 0;
      first = current;
      taken = progress;
      return idleTurns == MAX_IDLE_TURNS;
    }
  }

  @Override
  public void close(CloseReason reason) {
    if (reason == CloseReason.SLOW_CONSUMER) {
      closing = true;
      dropUnflushed();
      ChannelWrites.close(channel);
    } else {
      sendClose(Unpooled.EMPTY_BUFFER);
    }
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
    if (handedOver <= MAX_HANDED_OVER_BYTES) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      sessionLoop.run(this::sendOwedPong);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (closeTimer != null) {
      closeTimer.cancel();
      closeTimer = null;
    }
    sessionLoop.run(() -> fail(CloseReason.TRANSPORT_CLOSE));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    reader.close();
    ChannelWrites.close(channel);
    if (!(cause instanceof IOException)) {
      sessionLoop.run(() -> fail(CloseReason.TRANSPORT_ERROR));
    }
  }

  @Override
  public void failed(WebSocketCloseStatus status) {
    sessionLoop.run(
        () -> {
          sendClose(status(status));
          fail(CloseReason.TRANSPORT_ERROR);
        });
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

  private static void receivedText(ByteBuffer content, TransportEvents events) {
    EngineIoPacket packet;
    try {
      packet = PacketCodec.decodeText(content);
    } catch (MalformedPacketException e) {
      events.failed(CloseReason.PARSE_ERROR);
      return;
    }
    events.received(packet);
  }

  private void peerClosed(ByteBuf payload) {
    sendClose(payload);
    ChannelWrites.closeAfterWrites(channel);
    fail(CloseReason.TRANSPORT_CLOSE);
  }

  private void fail(CloseReason reason) {
    closing = true;
    dropUnflushed();
    TransportEvents heard = events;
    if (heard != null) {
      events = null;
      heard.failed(reason);
    }
  }

  private void sendClose(ByteBuf payload) {
    if (closing) {
      return;
    }
    closing = true;
    sendOrGather(WebSocketFrames.control(WebSocketFrames.CLOSE, payload, channel.alloc()));
    flush();
    channelLoop.run(this::awaitClose);
  }

  private void awaitClose() {
    if (channel.isActive()) {
      closeTimer = channelLoop.schedule(closeTimeout, () -> ChannelWrites.close(channel));
    }
  }

  private void sendOrGather(ByteBuf frame) {
    if (gathered(frame)) {
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
    queueUnflushed();
    if (frame.readableBytes() <= MAX_GATHERED_BYTES) {
      unflushed = frame;
    } else {
      channel.unsafe().write(frame, channel.voidPromise());
    }
  }

  /** Copies a small frame behind those that are not queued yet, if there are any. */
  private boolean gathered(ByteBuf frame) {
    ByteBuf buffer = unflushed;
    int bytes = frame.readableBytes();
    if (buffer == null || bytes > MAX_GATHERED_BYTES) {
      return false;
    }
    if (!gathering || buffer.writableBytes() < bytes) {
      buffer = gather(buffer);
      if (buffer == null) {
        return false;
      }
    }
    buffer.writeBytes(frame, frame.readerIndex(), bytes);
    return true;
  }

  /** A new buffer behind a full one, or with the first frame in it; null when there is none. */
  private @Nullable ByteBuf gather(ByteBuf before) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    if (queue == null
        || queue.size() > MAX_WAITING_WRITES
        || queue.totalPendingWriteBytes() > MAX_WAITING_BYTES
        || !quota.has(GATHERING_BYTES)) {
      return null;
    }
    ByteBuf buffer = channel.alloc().directBuffer(GATHERING_BYTES, GATHERING_BYTES);
    quota.take(GATHERING_BYTES);
    if (gathering) {
      queueUnflushed();
    } else {
      buffer.writeBytes(before);
      before.release();
    }
    unflushed = buffer;
    gathering = true;
    return buffer;
  }

  private void queueUnflushed() {
    ByteBuf written = unflushed;
    if (written != null) {
      forgetUnflushed();
      channel.unsafe().write(written, channel.voidPromise());
    }
  }

  private void dropUnflushed() {
    ReferenceCountUtil.release(unflushed);
    forgetUnflushed();
  }

  private void forgetUnflushed() {
    unflushed = null;
    if (gathering) {
      gathering = false;
      quota.giveBack(GATHERING_BYTES);
    }
  }

  private boolean writesDirectly() {
    return direct && channelLoop.inLoop();
  }

  private static ByteBuf status(WebSocketCloseStatus status) {
    byte[] reason = status.reasonText().getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer(2 + reason.length).writeShort(status.code()).writeBytes(reason);
  }
}
