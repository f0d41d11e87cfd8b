package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.RequestFields;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its response. Any thread may read the request and call {@link #respond} or
 * {@link #whenAborted}. Everything else belongs to the event loop of the channel.
 */
final class HttpExchange {
  private final HttpConnection connection;
  private final Channel channel;
  private final HttpRequest request;
  private final RequestSource source;
  private final HandshakeRequest handshake;
  private final boolean upgrade;

  /** The fields to add to the response; null until they are first asked for. */
  private @Nullable HttpHeaders headers;

  private boolean responded;
  private @Nullable Runnable whenAborted;

  /**
   * An exchange without a response.
   *
   * @throws IllegalArgumentException if the path holds a malformed percent escape. A path below
   *     that of an endpoint is accepted in any case and then stays undecoded.
   */
  HttpExchange(HttpConnection connection, HttpRequest request, RequestSource source) {
    this.connection = connection;
    this.channel = connection.channel;
    this.request = request;
    this.source = source;
    this.handshake = handshake(connection.routes, request, source);
    this.upgrade =
        request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
            && request.headers().contains(HttpHeaderNames.UPGRADE, "websocket", true);
  }

  Channel channel() {
    return channel;
  }

  /** The event loop of the channel. */
  NettyLoop loop() {
    return connection.loop;
  }

  String method() {
    return request.method().name();
  }

  HttpHeaders requestHeaders() {
    return request.headers();
  }

  HandshakeRequest handshake() {
    return handshake;
  }

  RequestSource source() {
    return source;
  }

  /** The length of the body in bytes that the request announces, or -1 if it announces none. */
  long contentLength() {
    return HttpUtil.getContentLength(request, -1L);
  }

  String path() {
    return handshake.path();
  }

  /** Whether the request asks for a WebSocket. */
  boolean upgrade() {
    return upgrade;
  }

  /** Whether the connection may serve another request after this one. */
  boolean keepAlive() {
    return HttpUtil.isKeepAlive(request) && !upgrade;
  }

  /** Whether a response was made, or the client left before it got one. */
  boolean responded() {
    return responded;
  }

  /**
   * The header fields to add to the response, whatever its status will be. Only the thread that
   * currently handles the request may change them, and only before it responds.
   */
  HttpHeaders responseHeaders() {
    HttpHeaders made = headers;
    if (made == null) {
      made = new DefaultHttpHeaders();
      headers = made;
    }
    return made;
  }

  /** Whether {@link #responseHeaders} was called, so that there may be fields to add. */
  boolean hasResponseHeaders() {
    return headers != null;
  }

  /**
   * Sets the action to run if the client leaves before the response; a later call replaces the
   * action. If the client has left already, the action runs, too. It runs on the channel's loop.
   */
  void whenAborted(Runnable action) {
    loop()
        .run(
            () -> {
              whenAborted = action;
              if (!channel.isActive()) {
                aborted();
              }
            });
  }

  /**
   * Tells that the client has left. Runs the action of {@link #whenAborted}, unless the response
   * was made before. Call this method on the channel's loop.
   */
  void aborted() {
    Runnable action = whenAborted;
    if (action != null && !responded) {
      responded = true;
      action.run();
    }
  }

  /** Responds with a short text in UTF-8. */
  void respond(HttpResponseStatus status, String contentType, String body) {
    respond(status, contentType, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8), null);
  }

  /** Responds without a body. */
  void respond(HttpResponseStatus status) {
    respond(status, "", Unpooled.EMPTY_BUFFER, null);
  }

  /**
   * Responds with status 200 and a body, which is compressed if it is large enough and the client
   * accepts that. Any thread may call this method.
   *
   * @param body must have an accessible array; the response owns the buffer from now on
   * @param gone see {@link #respond(HttpResponseStatus, String, ByteBuf, Runnable)}
   */
  void respond(
      CompressionThreshold compression,
      String contentType,
      ByteBuffer body,
      @Nullable Runnable gone) {
    ByteBuffer sent = body;
    if (compression.reachedBy(body.remaining())) {
      responseHeaders().add(HttpHeaderNames.VARY, "Accept-Encoding");
      Optional<ContentCoding> coding = ContentCoding.of(requestHeaders());
      if (coding.isPresent()) {
        responseHeaders().set(HttpHeaderNames.CONTENT_ENCODING, coding.get().text());
        sent = coding.get().encode(body);
      }
    }
    respond(HttpResponseStatus.OK, contentType, Unpooled.wrappedBuffer(sent), gone);
  }

  /**
   * Responds, or does nothing if a response was made before. The body must be an unpooled buffer,
   * because no one releases it if it is not sent.
   *
   * @param gone runs on the channel's loop once the response has left for the network or can no
   *     longer leave; null if nothing is to run
   */
  void respond(
      HttpResponseStatus status, String contentType, ByteBuf body, @Nullable Runnable gone) {
    if (!loop().inLoop()) {
      loop().execute(() -> respond(status, contentType, body, gone));
      return;
    }
    if (responded) {
      if (gone != null) {
        gone.run();
      }
      return;
    }
    ByteBuf sent = method().equals("HEAD") ? Unpooled.EMPTY_BUFFER : body;
    if (!contentType.isEmpty()) {
      responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, sent, responseHeaders(), EmptyHttpHeaders.INSTANCE);
    complete(response, body.readableBytes());
    if (gone == null) {
      ChannelWrites.writeAndFlush(channel, response);
    } else {
      ChannelWrites.writeAndFlush(channel, response, gone);
    }
    finished();
  }

  /**
   * Completes the head of a response that the caller writes itself. The caller must call {@link
   * #finished} after it has written the last part. Call this method on the channel's loop.
   */
  void begin(HttpResponse response, long bodyBytes) {
    response.headers().add(responseHeaders());
    complete(response, bodyBytes);
  }

  private void complete(HttpResponse response, long bodyBytes) {
    responded = true;
    response.headers().set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(Instant.now())));
    if (!response.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bodyBytes);
    }
    HttpUtil.setKeepAlive(response, keepAlive());
  }

  /**
   * Notes that the caller responds with status 101, which ends HTTP on this connection. Call this
   * method on the channel's loop.
   */
  void switchesProtocols() {
    responded = true;
  }

  /**
   * Tells that a part of the response was written. The client has the full time of a request to
   * receive it. Call this method on the channel's loop.
   */
  void sending() {
    connection.sending();
  }

  /** Tells the connection that the response was written. Call this method on the channel's loop. */
  void finished() {
    connection.responded();
  }

  /**
   * The path as the client wrote it, but with exactly one leading slash. A redirect to a path with
   * two slashes would lead to another host.
   */
  String rawPath() {
    String path = new QueryStringDecoder(request.uri()).rawPath();
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return "/" + path.substring(start);
  }

  private static HandshakeRequest handshake(
      HttpRoutes routes, HttpRequest request, RequestSource source) {
    String uri = request.uri();
    QueryStringDecoder target = new QueryStringDecoder(uri);
    int queryStart = Math.min(target.rawPath().length() + 1, uri.length());
    RequestFields.Builder fields = RequestFields.headers(request.headers().size());
    request
        .headers()
        .iteratorCharSequence()
        .forEachRemaining(field -> fields.add(field.getKey(), field.getValue().toString()));
    return new HandshakeRequest(
        routes.shared(path(routes, target)),
        RequestFields.query(uri, queryStart),
        fields.build(),
        source.address(),
        source.secure(),
        source.certificates(),
        Instant.now());
  }

  private static String path(HttpRoutes routes, QueryStringDecoder target) {
    try {
      return target.path();
    } catch (IllegalArgumentException e) {
      if (routes.belowEndpoint(target.rawPath())) {
        return target.rawPath();
      }
      throw e;
    }
  }
}
