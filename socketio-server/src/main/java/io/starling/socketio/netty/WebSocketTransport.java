package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.starling.engineio.CloseReason;
import io.starling.engineio.Delivery;
import io.starling.engineio.EngineIoConfig;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.SessionExecutor;
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
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket transport of one session. Its channel may live on another event loop than the
 * session, as after most upgrades. Then {@link #received} hands incoming messages over to the loop
 * of the session, and Netty hands outgoing frames over to the loop of the channel, in order. Frames
 * are written as finished bytes, so the pipeline has no frame encoder.
 */
final class WebSocketTransport extends WebSocketReader implements EngineIoTransport {
  /**
   * How many bytes may wait in the channel for a client that does not keep up. Further messages
   * wait in the session.
   */
  private static final WriteBufferWaterMark HELD_BYTES =
      new WriteBufferWaterMark(16 << 10, 32 << 10);

  private static final byte[] EMPTY = {};

  private final Channel channel;
  private final SessionExecutor channelLoop;
  private final SessionExecutor sessionLoop;
  private final Duration closeTimeout;
  private final WebSocketFrames.Format format;
  private final GatheredWrites writes;
  private final HandOver handOver;

  /**
   * Made when it is first needed. Only the event loop of the channel reads and writes this field.
   */
  private @Nullable CloseTimer closeTimer;

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
    super(config.maxPayloadBytes(), format.deflate().on());
    this.channel = exchange.channel();
    this.channelLoop = exchange.loop();
    this.sessionLoop = sessionLoop;
    this.closeTimeout = config.closeTimeout();
    this.format = format;
    this.writes = new GatheredWrites(channel, exchange.loop());
    this.handOver = new HandOver(channel, channelLoop, sessionLoop);
    channel.config().setWriteBufferWaterMark(HELD_BYTES);
  }

  /**
   * Writes the response of the handshake, which comes before all frames. Call this method on the
   * channel's loop, before any other.
   */
  void begin(ByteBuf response) {
    writes.write(response);
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
    return writes.bytes();
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    if (!closing) {
      CompressionThreshold threshold = compress ? format.deflate() : CompressionThreshold.OFF;
      writes.write(WebSocketFrames.of(packet, threshold, channel.alloc()));
    }
  }

  @Override
  public void write(Delivery delivery) {
    if (!closing) {
      writes.writeShared(frames(delivery));
    }
  }

  @Override
  public boolean prepare(Delivery delivery) {
    frames(delivery);
    return true;
  }

  private ByteBuf frames(Delivery delivery) {
    return delivery.encoded(WebSocketFrames.class, WebSocketFrames::new).bytes(format);
  }

  @Override
  public boolean flushesAtOnce() {
    return writes.flushesAtOnce();
  }

  @Override
  public void flush() {
    writes.flush();
  }

  @Override
  public void progress(LongConsumer then) {
    channelLoop.run(
        () -> {
          long changes = closeTimer().changes();
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
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  @Override
  void received(int opcode, ByteBuf buffer, int start, int length) {
    if (sessionLoop.inLoop()) {
      handle(opcode, buffer, start, length);
    } else {
      // The payload is copied. A slice of the buffer would keep everything in memory that was read
      // at once.
      ByteBuf payload = channel.alloc().buffer(length).writeBytes(buffer, start, length);
      handOver.execute(
          length,
          () -> {
            try {
              handle(opcode, payload, payload.readerIndex(), length);
            } finally {
              payload.release();
            }
          });
    }
  }

  @Override
  public void read(boolean on) {
    channelLoop.run(
        () -> {
          if (on) {
            resume();
          } else {
            pause();
          }
          handOver.read(on);
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
    }
    try {
      // Messages may wait here because the session has stopped reading. The client sent them before
      // it left, so they are handled now.
      finish();
    } finally {
      sessionLoop.run(() -> fail(CloseReason.TRANSPORT_CLOSE));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean connectionLost = cause instanceof IOException;
    if (!connectionLost) {
      end();
    }
    ChannelWrites.close(channel);
    if (!connectionLost) {
      sessionLoop.run(() -> fail(CloseReason.TRANSPORT_ERROR));
    }
  }

  @Override
  void failed(WebSocketCloseStatus status) {
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
  void closedAfterFailure() {
    sessionLoop.run(() -> ChannelWrites.closeAfterWrites(channel));
  }

  private void handle(int opcode, ByteBuf buffer, int start, int length) {
    TransportEvents heard = events;
    if (opcode == WebSocketFrames.CLOSE) {
      peerClosed(buffer.slice(start, length));
    } else if (closing || heard == null) {
      return;
    } else if (opcode == WebSocketFrames.PING) {
      pinged(ByteBufUtil.getBytes(buffer, start, length));
    } else {
      ByteBuffer content = buffer.internalNioBuffer(start, length);
      boolean binary = opcode == WebSocketFrames.BINARY;
      EngineIoPacket packet = binary ? PacketCodec.decodeBinary(content) : text(content, heard);
      if (packet != null) {
        heard.received(packet);
      }
    }
  }

  /** Decodes a text. If it is malformed, tells so and returns null. */
  private @Nullable EngineIoPacket text(ByteBuffer content, TransportEvents heard) {
    try {
      return PacketCodec.decodeText(content);
    } catch (MalformedPacketException e) {
      if (utf8(content)) {
        heard.failed(CloseReason.PARSE_ERROR);
      } else {
        failed(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
      }
      return null;
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
      writes.write(WebSocketFrames.control(WebSocketFrames.PONG, content, channel.alloc()));
      flush();
    }
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
    writes.write(WebSocketFrames.control(WebSocketFrames.CLOSE, payload, channel.alloc()));
    flush();
    channelLoop.run(() -> awaitClose(broken));
  }

  /**
   * Waits for the close frame of the client. What arrives before it is read and dropped: if bytes
   * stayed unread, the operating system would reset the connection when it is closed. Runs on the
   * event loop of the channel.
   */
  private void awaitClose(boolean broken) {
    read(true);
    closeTimer().start(broken);
  }

  /** Call this method on the channel's loop. */
  private CloseTimer closeTimer() {
    CloseTimer made = closeTimer;
    if (made == null) {
      made = new CloseTimer(channel, channelLoop, closeTimeout);
      closeTimer = made;
    }
    return made;
  }

  private static ByteBuf status(WebSocketCloseStatus status) {
    byte[] reason = status.reasonText().getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer(2 + reason.length).writeShort(status.code()).writeBytes(reason);
  }
}
