package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP connection of a client. It handles requests one after the other, collects their bodies
 * up to the size that the handler accepts, and bounds how long a request may take to arrive.
 * Messages that arrive before the current response is written, or while the client leaves responses
 * unread, are held back, up to a bound.
 *
 * <p>Netty's {@code HttpObjectAggregator} would collect bodies, too, but with one limit for all
 * requests, and it keeps the network buffers of up to 1,024 pieces. So a body that trickles in
 * could take a thousand times the memory of the bytes that have arrived.
 */
final class HttpConnection extends ChannelDuplexHandler implements RequestDeadline.Client {
  /** How many decoded HTTP messages may wait. A client that sends more is disconnected. */
  private static final int MAX_HELD = 64;

  /**
   * A user event for the pipeline that closes the connection, after the current response if one is
   * still due.
   */
  enum Drain {
    NOW
  }

  final Channel channel;
  final NettyLoop loop;
  final HttpRoutes routes;
  private final RequestDeadline deadline;

  // Only the event loop of the channel reads and writes the fields below.

  /** Decoded HTTP messages that wait for their turn; null if none wait. */
  private @Nullable Queue<Object> held;

  /** The other end of the connection; null before the first request. */
  private @Nullable RequestSource peer;

  /** The current request and its response; null between two requests. */
  private @Nullable HttpExchange exchange;

  private HttpHandler.Body body = HttpHandler.Body.DROPPED;

  /**
   * The part of the body of the current request that has arrived; null if the body is dropped or
   * nothing has arrived.
   */
  private @Nullable ByteBuf collected;

  /** Whether the current request has arrived completely. */
  private boolean received;

  private boolean draining;

  /** Whether the connection stays open for the response when the client shuts down its output. */
  private boolean halfClosable;

  /** Whether the client has shut down its output, so that no further request arrives. */
  private boolean inputEnded;

  /** Whether the pipeline has an encoder of responses. */
  private boolean encoding;

  HttpConnection(Channel channel, NettyLoop loop, HttpRoutes routes) {
    this.channel = channel;
    this.loop = loop;
    this.routes = routes;
    this.deadline =
        new RequestDeadline(
            loop, routes.transport().requestTimeout(), routes.transport().keepAliveTimeout(), this);
  }

  @Override
  public long unsent() {
    return ChannelWrites.unsent(channel);
  }

  @Override
  public void expired() {
    ChannelWrites.close(channel);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    deadline.arm();
  }

  /** Gives the client the full time to receive the next part of the current response. */
  void sending() {
    deadline.arm();
  }

  /** Tells that bytes are about to be decoded, which may be the first of a request. */
  void arriving() {
    deadline.arriving();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (held == null && accepting()) {
      process(message);
    } else {
      hold(message);
    }
  }

  private void hold(Object message) {
    Queue<Object> waiting = held;
    if (waiting == null) {
      waiting = new ArrayDeque<>();
      held = waiting;
    }
    if (waiting.size() < MAX_HELD) {
      waiting.add(message);
    } else {
      ReferenceCountUtil.release(message);
      ChannelWrites.close(channel);
    }
  }

  /**
   * Adds the encoder of responses before the first response. Most connections become WebSockets at
   * once and never need the encoder.
   */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!encoding) {
      encoding = true;
      ctx.pipeline().addBefore(ctx.name(), null, new ResponseEncoder());
    }
    ctx.write(message, promise);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange == null) {
      processHeld();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    HttpExchange abandoned = exchange;
    if (abandoned != null) {
      abandoned.aborted();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    deadline.cancel();
    releaseBody();
    if (held != null) {
      held.forEach(ReferenceCountUtil::release);
      held = null;
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.NOW) {
      draining = true;
      if (exchange == null) {
        ChannelWrites.closeAfterWrites(channel);
      }
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded = true;
      if (exchange != null && !received) {
        ChannelWrites.close(channel);
      } else {
        closeIfServed();
      }
    }
  }

  /** Closes the connection of a client that sends nothing more, once it has all its responses. */
  private void closeIfServed() {
    if (inputEnded && exchange == null && held == null) {
      ChannelWrites.closeAfterWrites(channel);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ChannelWrites.close(channel);
  }

  private void process(Object message) {
    try {
      if (message instanceof HttpRequest request) {
        begin(request);
      }
      if (message instanceof HttpContent content && exchange != null) {
        collect(exchange, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(refusal(request.decoderResult().cause()));
      return;
    } else if (!RequestSource.namesOneHost(request)) {
      refuse(HttpResponseStatus.BAD_REQUEST);
      return;
    }
    deadline.arm();
    received = false;
    if (peer == null) {
      peer = RequestSource.peer(channel);
    }
    HttpExchange begun;
    try {
      RequestSource source = peer.of(request.headers(), routes.transport().trustedProxies());
      begun = new HttpExchange(this, request, source);
    } catch (IllegalArgumentException e) {
      refuse(HttpResponseStatus.BAD_REQUEST);
      return;
    }
    exchange = begun;
    HttpHandler handler = routes.handler(begun.path());
    allowHalfClosure(!(handler instanceof EngineIoEndpoint));
    body = handler.begin(begun);
    if (inputEnded && !halfClosable) {
      // The request waited behind another one, and the client has given it up meanwhile.
      ChannelWrites.close(channel);
    } else if (body.maxBytes() > 0 && HttpUtil.is100ContinueExpected(request)) {
      ChannelWrites.writeAndFlush(
          channel,
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  /**
   * Sets whether a client that shuts down its output still gets its response. A request of
   * Engine.IO does not allow this: a client that gives up its poll looks the same, and must end its
   * session.
   */
  private void allowHalfClosure(boolean allowed) {
    if (halfClosable != allowed) {
      halfClosable = allowed;
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowed);
    }
  }

  private void collect(HttpExchange current, HttpContent content) {
    if (!current.responded() && content.content().isReadable() && body.maxBytes() > 0) {
      append(current, content.content());
    }
    if (content instanceof LastHttpContent) {
      received = true;
      deadline.disarm();
      if (current.responded()) {
        next();
      } else if (content.decoderResult().isFailure()) {
        body.abandoned().run();
        current.respond(HttpResponseStatus.BAD_REQUEST);
      } else {
        complete();
      }
    }
  }

  private void append(HttpExchange current, ByteBuf content) {
    ByteBuf whole = collected;
    if (whole == null) {
      // The buffer grows with the bytes that arrive. An announced length alone takes no memory.
      int first = Math.min(content.readableBytes(), body.maxBytes());
      whole = channel.alloc().buffer(first, body.maxBytes());
      collected = whole;
    }
    if (content.readableBytes() <= body.maxBytes() - whole.readableBytes()) {
      GrowingBuffers.append(whole, content, content.readableBytes());
    } else {
      releaseBody();
      body.abandoned().run();
      current.respond(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
    }
  }

  private void complete() {
    ByteBuf whole = collected == null ? Unpooled.EMPTY_BUFFER : collected;
    collected = null;
    try {
      body.complete().accept(whole);
    } finally {
      whole.release();
    }
  }

  /**
   * Tells that the current response was written. What has not arrived of its request will be
   * dropped.
   */
  void responded() {
    HttpExchange done = exchange;
    releaseBody();
    if (done == null || draining || !done.keepAlive()) {
      ChannelWrites.closeAfterWrites(channel);
    } else if (received) {
      next();
    }
  }

  private void next() {
    exchange = null;
    deadline.idle();
    processHeld();
    closeIfServed();
  }

  private void processHeld() {
    while (held != null && accepting()) {
      Object message = held.remove();
      if (held.isEmpty()) {
        held = null;
      }
      process(message);
    }
  }

  /**
   * Whether the next message can be processed: the rest of the current request, or after its
   * response a new request. No new request is begun while the client leaves responses unread,
   * because further responses would fill the memory.
   */
  private boolean accepting() {
    return exchange == null ? !draining && channel.isWritable() : !received;
  }

  private void releaseBody() {
    if (collected != null) {
      collected.release();
      collected = null;
    }
  }

  /** The status of the response to a request that could not be decoded. */
  private static HttpResponseStatus refusal(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    } else if (cause instanceof TooLongHttpHeaderException) {
      return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    return HttpResponseStatus.BAD_REQUEST;
  }

  private void refuse(HttpResponseStatus status) {
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, 0)
        .set(HttpHeaderNames.CONNECTION, "close");
    ChannelWrites.write(channel, response);
    ChannelWrites.closeAfterWrites(channel);
  }
}
