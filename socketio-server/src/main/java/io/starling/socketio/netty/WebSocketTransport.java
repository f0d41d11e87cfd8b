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
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.engineio.PacketCodec;
import io.starling.socketio.transport.CompressionThreshold;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket transport of one session. Its channel may live on another event loop than the
 * session, as after most upgrades. Then {@link #received} hands incoming messages over to the loop
 * of the session, and Netty hands outgoing frames over to the loop of the channel, in order. Frames
 * are written as finished bytes, so the pipeline has no frame encoder.
 */
final class WebSocketTransport extends ChannelInboundHandlerAdapter
    implements EngineIoTransport, WebSocketReader.Messages {
  /**
   * How many bytes of messages may wait for the loop of the session before the server stops reading
   * from the client.
   */
  private static final long MAX_HANDED_OVER_BYTES = 1 << 20;

  /** About how many bytes of memory a frame takes besides its payload. */
  private static final long FRAME_BYTES = 256;

  /**
   * How many bytes may wait in the channel for a client that does not keep up. Further messages
   * wait in the session.
   */
  private static final WriteBufferWaterMark HELD_BYTES =
      new WriteBufferWaterMark(16 << 10, 32 << 10);

  /** How long a client that broke a rule may take to send its close frame. */
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

  /**
   * Whether no handler in the pipeline changes what is written, as TLS would. Then writes may
   * bypass the pipeline.
   */
  private final boolean direct;

  /**
   * Made when progress is first asked for. Only the event loop of the channel reads and writes this
   * field.
   */
  private @Nullable WriteProgress progress;

  /**
   * How many bytes of messages wait for the loop of the session. Both event loops change this
   * field, by {@link #HANDED_OVER}.
   */
  private volatile long handedOver;

  /**
   * Closes the channel of a client that does not answer a close frame; null if no answer is due.
   * Only the event loop of the channel reads and writes this field.
   */
  private @Nullable Cancellable closeTimer;

  /**
   * Whether the session has stopped reading. Only the event loop of the channel reads and writes
   * this field.
   */
  private boolean readingStopped;

  // Only the event loop of the session reads and writes the fields below.
  private @Nullable TransportEvents events;

  /**
   * Whether the close frame was written or the transport has ended; nothing is written after that.
   */
  private boolean closing;

  /** Whether the client has sent its close frame. */
  private boolean peerClosed;

  /**
   * The payload of the last ping that is not answered yet, because the client does not read; null
   * if no pong is due.
   */
  private byte @Nullable [] owedPong;

  /** The payload of this server's close frame: that of the client's, if the client's came first. */
  private byte[] answer = EMPTY;

  /**
   * A transport over the channel of a request.
   *
   * @param format the form of the frames; compression is off unless the client agreed to it
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

  /**
   * Writes the response of the handshake, which comes before all frames. Call this method on the
   * channel's loop, before any other.
   */
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

  /** Whether a reason means that the client broke a rule, or that its connection is broken. */
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
      // The payload is copied. A slice of the buffer would keep everything in memory that was read
      // at once.
      handOver(opcode, channel.alloc().buffer(length).writeBytes(buffer, start, length));
    }
  }

  /**
   * Hands a message over to the loop of the session. While too many bytes wait for that loop, the
   * server does not read from the client.
   */
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
      // Messages may wait here because the session has stopped reading. The client sent them before
      // it left, so they are handled now.
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

  /**
   * Answers a ping. If the client does not read, only the last of its pings is answered later: RFC
   * 6455, section 5.5.3.
   */
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

  /**
   * Takes the close frame of the client. The session then writes what waits, while the client
   * reads, and closes this transport.
   */
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
   * Sends a close frame. Nothing is sent after it.
   *
   * @param broken whether the client broke a rule, which leaves it less time to answer
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
   * Waits for the close frame of the client. What arrives before it is read and dropped: if bytes
   * stayed unread, the operating system would reset the connection when it is closed. Runs on the
   * event loop of the channel.
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

  /**
   * Closes the channel, unless the client is still receiving what was written before the close
   * frame. Then the client gets the full time again.
   */
  private void closeUnlessTaking(long before) {
    if (ChannelWrites.unsent(channel) > 0 && changes() != before) {
      awaitClose(false);
    } else {
      ChannelWrites.close(channel);
    }
  }

  /** The number of {@link WriteProgress#changes}. Call this method on the channel's loop. */
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
