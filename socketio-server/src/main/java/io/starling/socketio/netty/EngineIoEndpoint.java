package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.engineio.Admission;
import io.starling.engineio.EngineIoServer;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.TransportKind;
import io.starling.protocol.engineio.HandshakeError;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.SessionCookie;
import io.starling.socketio.transport.TransportConfig;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves Engine.IO under one path. It opens sessions, and brings the later requests of a client to
 * its session. Work on a session runs on the event loop of that session.
 */
final class EngineIoEndpoint implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIoEndpoint.class);

  private final EngineIoServer server;
  private final CorsPolicy cors;
  private final Optional<SessionCookie> cookie;
  private final CompressionThreshold compression;
  private final CompressionThreshold deflate;

  EngineIoEndpoint(EngineIoServer server, TransportConfig transport) {
    this.server = server;
    this.cors = transport.cors();
    this.cookie = transport.cookie();
    this.compression = transport.httpCompression();
    this.deflate = transport.webSocketCompression();
  }

  @Override
  public Body begin(HttpExchange exchange) {
    if (!checkOrigin(exchange)) {
      return Body.DROPPED;
    }
    Admission admission = server.admit(exchange.handshake(), exchange.method(), exchange.upgrade());
    if (admission instanceof Admission.Refused refused) {
      return refuse(exchange, refused.error());
    } else if (exchange.upgrade() && !WebSocketUpgrade.acceptable(exchange)) {
      exchange.responseHeaders().set("Sec-WebSocket-Version", "13");
      return refuse(exchange, HandshakeError.BAD_REQUEST);
    } else if (admission instanceof Admission.Opens opens) {
      return Body.none(() -> open(exchange, opens.transport()));
    } else if (admission instanceof Admission.Belongs belongs) {
      EngineIoSession session = belongs.session();
      return belongs.upgrade()
          ? Body.none(() -> probe(exchange, session))
          : feed(exchange, session);
    }
    throw new IllegalStateException("admission: " + admission + " (expected: a known kind)");
  }

  /**
   * Answers preflight requests, and requests from origins that are not allowed. Returns true if the
   * request needs further handling.
   */
  private boolean checkOrigin(HttpExchange exchange) {
    String origin = exchange.requestHeaders().get(HttpHeaderNames.ORIGIN, "");
    if (!origin.isEmpty() && !allows(origin, exchange)) {
      respond(exchange, server.refuseOrigin(exchange.handshake(), "cors-origins").error());
      return false;
    }
    if (!maySwitchWithoutHeaders(exchange)) {
      CorsHeaders.add(cors, origin, exchange.responseHeaders());
    }
    if (!exchange.method().equals("OPTIONS") || cors.isOff()) {
      return true;
    }
    CorsHeaders.addPreflight(
        cors,
        exchange.requestHeaders().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS, ""),
        exchange.responseHeaders());
    exchange.respond(HttpResponseStatus.NO_CONTENT);
    return false;
  }

  /**
   * Asks the CORS policy, which may be a function of the application. If the function fails, the
   * origin is refused.
   */
  private boolean allows(String origin, HttpExchange exchange) {
    try {
      return cors.allows(origin, exchange.source().origin());
    } catch (Throwable e) {
      LOG.error("CORS policy failed, refusing the client", e);
      return false;
    }
  }

  /**
   * Whether this request may become a WebSocket that needs no CORS fields in its response. With a
   * same-origin policy the only such field is {@code Vary}, which is for caches, and no cache
   * stores a response with status 101.
   */
  private boolean maySwitchWithoutHeaders(HttpExchange exchange) {
    return exchange.upgrade() && exchange.method().equals("GET") && cors.isSameOrigin();
  }

  private void open(HttpExchange exchange, TransportKind kind) {
    NettyLoop loop = exchange.loop();
    server.open(exchange.handshake(), loop, id -> first(exchange, kind, id));
    if (kind == TransportKind.WEBSOCKET) {
      WebSocketUpgrade.startFrames(exchange.channel());
    }
  }

  /** The first transport of a new session, over which the response to this request goes. */
  private EngineIoTransport first(HttpExchange exchange, TransportKind kind, String id) {
    cookie.ifPresent(set -> exchange.responseHeaders().set("Set-Cookie", set.field(id)));
    return kind == TransportKind.POLLING
        ? new PollingTransport(exchange, compression)
        : webSocket(exchange, exchange.loop(), wantsBase64(exchange.handshake()));
  }

  private void probe(HttpExchange exchange, EngineIoSession session) {
    boolean base64 = wantsBase64(exchange.handshake()) || wantsBase64(session.request());
    WebSocketTransport candidate = webSocket(exchange, session.loop(), base64);
    candidate.flush();
    session.loop().run(() -> session.probe(candidate));
    WebSocketUpgrade.startFrames(exchange.channel());
  }

  /**
   * Whether the client cannot receive binary data and wants base64 instead. Such a client sets the
   * query parameter {@code b64}, which the official server reads, too.
   */
  private static boolean wantsBase64(HandshakeRequest request) {
    String asked = request.parameter("b64");
    return asked != null && !asked.isEmpty();
  }

  private WebSocketTransport webSocket(
      HttpExchange exchange, SessionExecutor sessionLoop, boolean base64) {
    Optional<String> extension =
        deflate.on()
            ? DeflateOffer.accept(exchange.requestHeaders().getAll("Sec-WebSocket-Extensions"))
            : Optional.empty();
    extension.ifPresent(
        agreed -> exchange.responseHeaders().set("Sec-WebSocket-Extensions", agreed));
    SubprotocolOffer.first(exchange.requestHeaders().getAll("Sec-WebSocket-Protocol"))
        .ifPresent(name -> exchange.responseHeaders().set("Sec-WebSocket-Protocol", name));
    CompressionThreshold threshold = extension.isPresent() ? deflate : CompressionThreshold.OFF;
    WebSocketFrames.Format format =
        extension.isPresent() || base64
            ? new WebSocketFrames.Format(threshold, base64)
            : WebSocketFrames.Format.PLAIN;
    WebSocketTransport transport =
        new WebSocketTransport(exchange, sessionLoop, server.config(), format);
    WebSocketUpgrade.accept(exchange, transport);
    return transport;
  }

  private Body feed(HttpExchange exchange, EngineIoSession session) {
    if (!(session.transport() instanceof PollingTransport transport)) {
      return refuse(exchange, HandshakeError.BAD_REQUEST);
    } else if (exchange.method().equals("GET")) {
      return Body.none(() -> onLoop(session, () -> transport.poll(exchange)));
    } else if (exchange.method().equals("POST")) {
      return receive(exchange, session, transport);
    }
    return refuse(exchange, HandshakeError.BAD_REQUEST);
  }

  private Body receive(HttpExchange exchange, EngineIoSession session, PollingTransport transport) {
    int maxBytes = server.config().maxPayloadBytes();
    String contentType = exchange.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE, "");
    if (contentType.startsWith("application/octet-stream")) {
      transport.broken();
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
      return Body.DROPPED;
    } else if (exchange.contentLength() > maxBytes) {
      exchange.respond(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
      return Body.DROPPED;
    } else if (!transport.beginPost()) {
      transport.broken();
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
      return Body.DROPPED;
    }
    exchange.whenAborted(transport::broken);
    return new Body(
        maxBytes, body -> received(exchange, session, transport, body), transport::endPost);
  }

  private static void received(
      HttpExchange exchange, EngineIoSession session, PollingTransport transport, ByteBuf body) {
    exchange.whenAborted(() -> {});
    body.retain();
    onLoop(
        session,
        () -> {
          try {
            transport.post(exchange, body);
          } finally {
            body.release();
          }
        });
  }

  private static void onLoop(EngineIoSession session, Runnable request) {
    session
        .loop()
        .run(
            () -> {
              session.endIfOverdue();
              request.run();
            });
  }

  private Body refuse(HttpExchange exchange, HandshakeError error) {
    if (maySwitchWithoutHeaders(exchange)) {
      CorsHeaders.add(cors, "", exchange.responseHeaders());
    }
    if (exchange.upgrade()) {
      exchange.respond(HttpResponseStatus.BAD_REQUEST, "text/html", error.message());
    } else {
      respond(exchange, error);
    }
    return Body.DROPPED;
  }

  private static void respond(HttpExchange exchange, HandshakeError error) {
    exchange.respond(HttpResponseStatus.valueOf(error.status()), "application/json", error.json());
  }
}
