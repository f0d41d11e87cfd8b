package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.TransportEvents;
import io.starling.engineio.TransportKind;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.MalformedPacketException;
import io.starling.engineio.protocol.PacketCodec;
import io.starling.engineio.protocol.PayloadCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP long-polling: at most one GET waits for packets, at most one POST brings some. The requests
 * of a session may arrive on channels of any event loop; the state belongs to the session's.
 */
final class PollingTransport implements EngineIoTransport {
  private final SessionExecutor loop;
  private final BodyCompression compression;
  private final AtomicBoolean posting = new AtomicBoolean();

  // Owned by the session's loop.
  private final List<EngineIoPacket> outgoing = new ArrayList<>();
  private long outgoingBytes;
  private boolean compressible;

  /** The responses that have not left for the network yet: more than one if the client is odd. */
  private final List<Response> leaving = new ArrayList<>(1);

  private long leavingBytes;

  /** How many responses were sent, and how many have left. */
  private long responses;

  private long left;
  private boolean flushing;
  private @Nullable HttpExchange poll;
  private boolean readingStopped;

  /** A POST whose response waits until all of it was handed on and more may be read. */
  private @Nullable Post unanswered;

  private boolean handingOn;

  private @Nullable TransportEvents events;
  private boolean ended;

  /**
   * A transport that answers a handshake.
   *
   * @param handshake the request, to which the first packet is the response
   */
  PollingTransport(HttpExchange handshake, BodyCompression compression) {
    this.loop = handshake.loop();
    this.poll = handshake;
    this.compression = compression;
  }

  @Override
  public TransportKind kind() {
    return TransportKind.POLLING;
  }

  @Override
  public void bind(TransportEvents events) {
    this.events = events;
  }

  @Override
  public boolean ready() {
    return poll != null;
  }

  @Override
  public boolean writable() {
    return poll != null;
  }

  @Override
  public long pendingBytes() {
    return outgoingBytes + leavingBytes;
  }

  @Override
  public void progress(LongConsumer then) {
    long before = (responses + left) * Response.MAX_CHANGES;
    if (leaving.isEmpty()) {
      then.accept(before);
      return;
    }
    Response last = leaving.get(leaving.size() - 1);
    last.loop.run(
        () -> {
          long changes = last.progress.changes();
          loop.run(() -> then.accept(before + changes));
        });
  }

  /** A response with packets on its way to the network. */
  private static final class Response {
    static final long MAX_CHANGES = 1L << 32;

    private final NettyLoop loop;
    private final Channel channel;
    private final long bytes;

    // Owned by the channel's loop.
    private final WriteProgress progress;
    private boolean gone;

    Response(HttpExchange exchange, long bytes) {
      this.loop = exchange.loop();
      this.channel = exchange.channel();
      this.bytes = bytes;
      this.progress = new WriteProgress(channel);
    }

    /** Drops what has not left; the connection ends with it. */
    void cut() {
      loop.run(
          () -> {
            if (!gone) {
              ChannelWrites.close(channel);
            }
          });
    }
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    outgoing.add(packet);
    compressible |= compress;
    outgoingBytes += PacketCodec.textLength(packet) + 1L;
  }

  @Override
  public void flush() {
    HttpExchange answered = poll;
    if (answered == null || outgoing.isEmpty()) {
      return;
    }
    poll = null;
    ByteBuffer body = PayloadCodec.encode(outgoing);
    BodyCompression allowed = compressible ? compression : BodyCompression.NONE;
    outgoing.clear();
    outgoingBytes = 0;
    compressible = false;
    Response response = new Response(answered, body.remaining());
    responses++;
    leaving.add(response);
    leavingBytes += response.bytes;
    answered.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    flushing = true;
    try {
      allowed.respond(answered, "text/plain; charset=UTF-8", body, () -> gone(response));
    } finally {
      flushing = false;
    }
  }

  /** On the channel's loop. */
  private void gone(Response response) {
    response.gone = true;
    loop.run(() -> left(response));
  }

  private void left(Response response) {
    leaving.remove(response);
    leavingBytes -= response.bytes;
    left++;
    if (!flushing && events != null) {
      events.ready();
    }
  }

  @Override
  public void close(CloseReason reason) {
    // A client that said so itself needs no telling, but its poll must be answered.
    boolean asked = reason == CloseReason.TRANSPORT_CLOSE;
    List<Response> unread = reason == CloseReason.SLOW_CONSUMER ? List.copyOf(leaving) : List.of();
    end(asked ? new EngineIoPacket.Noop() : new EngineIoPacket.Close());
    unread.forEach(Response::cut);
  }

  @Override
  public void discard() {
    // The session goes on, and nothing may overtake what the client had posted.
    handOn(true);
    end(new EngineIoPacket.Noop());
  }

  /** A GET arrived. On the session's loop. */
  void poll(HttpExchange exchange) {
    if (ended) {
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
    } else if (poll != null) {
      fail(CloseReason.TRANSPORT_ERROR);
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
    } else {
      poll = exchange;
      exchange.whenAborted(() -> loop.run(() -> aborted(exchange)));
      if (events != null) {
        events.ready();
      }
    }
  }

  /** Whether a POST may begin: none may while another is being received. Any thread. */
  boolean beginPost() {
    return posting.compareAndSet(false, true);
  }

  /** A POST that had begun will not be handed over. Any thread. */
  void endPost() {
    posting.set(false);
  }

  /** A POST that had begun is complete; the body stays the caller's. On the session's loop. */
  void post(HttpExchange exchange, ByteBuf body) {
    if (ended || events == null) {
      endPost();
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
      return;
    }
    unanswered = new Post(exchange, body.retain(), PayloadCodec.decode(body.nioBuffer()));
    handOn(false);
  }

  /** A POST of which packets may be left, which share their bytes with its body. */
  private record Post(HttpExchange exchange, ByteBuf body, Iterator<EngineIoPacket> packets) {}

  /**
   * Hands on the packets of a POST while they may be read, and then answers it.
   *
   * @param all whether they are handed on in any case
   */
  private void handOn(boolean all) {
    Post post = unanswered;
    if (post == null || handingOn) {
      return;
    }
    handingOn = true;
    try {
      while (post.packets.hasNext() && !ended && (all || !readingStopped)) {
        received(post.packets.next());
      }
      if (all || ended || !readingStopped) {
        answerPost(HttpResponseStatus.OK);
      }
    } catch (MalformedPacketException e) {
      fail(CloseReason.PARSE_ERROR);
      answerPost(HttpResponseStatus.BAD_REQUEST);
    } finally {
      handingOn = false;
    }
  }

  /** The client may send the next, unless the last was bad. */
  private void answerPost(HttpResponseStatus status) {
    Post post = unanswered;
    if (post != null) {
      unanswered = null;
      post.body.release();
      endPost();
      if (status.equals(HttpResponseStatus.OK)) {
        post.exchange.respond(status, "text/html", "ok");
      } else {
        post.exchange.respond(status);
      }
    }
  }

  @Override
  public void read(boolean on) {
    readingStopped = !on;
    if (on) {
      handOn(false);
    }
  }

  /** A request broke a rule, or its client left in the middle of it. Any thread. */
  void broken() {
    loop.run(() -> fail(CloseReason.TRANSPORT_ERROR));
  }

  private void received(EngineIoPacket packet) {
    if (events != null) {
      events.received(packet);
    }
  }

  private void aborted(HttpExchange exchange) {
    if (poll == exchange) {
      poll = null;
      outgoing.clear();
      outgoingBytes = 0;
      fail(CloseReason.TRANSPORT_ERROR);
    }
  }

  private void fail(CloseReason reason) {
    if (!ended && events != null) {
      events.failed(reason);
    }
  }

  /** Messages that wait go without the last packet, behind which an official client drops them. */
  private void end(EngineIoPacket last) {
    if (ended) {
      return;
    }
    ended = true;
    events = null;
    if (!handingOn) {
      answerPost(HttpResponseStatus.OK);
    }
    if (poll != null) {
      if (outgoing.isEmpty()) {
        write(last);
      }
      flush();
    }
  }
}
