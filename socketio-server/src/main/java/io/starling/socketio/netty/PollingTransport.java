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
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.engineio.PacketCodec;
import io.starling.protocol.engineio.PayloadCodec;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP long-polling transport of one session. At most one GET waits for packets, and at most
 * one POST brings packets. The requests of a session may arrive on channels of any event loop, but
 * the state belongs to the event loop of the session.
 */
final class PollingTransport implements EngineIoTransport {
  private final SessionExecutor loop;
  private final CompressionThreshold compression;

  /** Whether a POST is under way. Any thread reads and writes this field. */
  private final AtomicBoolean posting = new AtomicBoolean();

  // Only the event loop of the session reads and writes the fields below.
  private final List<EngineIoPacket> outgoing = new ArrayList<>();
  private long outgoingBytes;

  /**
   * Whether at least one packet in {@link #outgoing} may be compressed. Then the whole body may be.
   */
  private boolean compressible;

  /**
   * The responses that have not left for the network yet. There is more than one only if a client
   * polls again before it has its last response.
   */
  private final List<Response> leaving = new ArrayList<>(1);

  private long leavingBytes;

  /** How many responses were written so far. */
  private long responses;

  /** How many of the responses have left for the network or can no longer leave. */
  private long left;

  /** Whether {@link #flush} is running. A response that leaves meanwhile does not call back. */
  private boolean flushing;

  /** The GET that waits for packets; null if none waits. */
  private @Nullable HttpExchange poll;

  private boolean readingStopped;

  /**
   * A POST that is not answered yet: its packets are being handed on, or the session has stopped
   * reading. Null if there is none.
   */
  private @Nullable Post unanswered;

  /** Whether {@link #handOn} is running, which an event may call again. */
  private boolean handingOn;

  private @Nullable TransportEvents events;
  private boolean ended;

  /**
   * A transport for a new session.
   *
   * @param handshake the request that opens the session; its response carries the first packets
   */
  PollingTransport(HttpExchange handshake, CompressionThreshold compression) {
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

  /** A response with packets that is on its way to the network. */
  private static final class Response {
    /**
     * More changes than {@link WriteProgress} counts for one response. {@link
     * PollingTransport#progress} multiplies the number of responses by this value and adds the
     * changes, so that its result differs after each of them.
     */
    static final long MAX_CHANGES = 1L << 32;

    private final NettyLoop loop;
    private final Channel channel;
    private final long bytes;

    // Only the event loop of the channel reads and writes the fields below.
    private final WriteProgress progress;
    private boolean gone;

    Response(HttpExchange exchange, long bytes) {
      this.loop = exchange.loop();
      this.channel = exchange.channel();
      this.bytes = bytes;
      this.progress = new WriteProgress(channel);
    }

    /**
     * Drops the part of the response that has not left yet, by closing the connection. Any thread
     * may call this method.
     */
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
    CompressionThreshold allowed = compressible ? compression : CompressionThreshold.OFF;
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
      answered.respond(allowed, "text/plain; charset=UTF-8", body, () -> gone(response));
    } finally {
      flushing = false;
    }
  }

  /**
   * Notes that a response has left or can no longer leave. Runs on the event loop of the channel.
   */
  private void gone(Response response) {
    response.gone = true;
    loop.run(() -> left(response));
  }

  /** Forgets a response that has left. Runs on the event loop of the session. */
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
    // A client that has closed the session itself needs no close packet, but its poll needs an
    // answer.
    boolean asked = reason == CloseReason.TRANSPORT_CLOSE;
    List<Response> unread = reason == CloseReason.SLOW_CONSUMER ? List.copyOf(leaving) : List.of();
    end(asked ? new EngineIoPacket.Noop() : new EngineIoPacket.Close());
    unread.forEach(Response::cut);
  }

  @Override
  public void discard() {
    // The session goes on over a WebSocket. The packets that the client has posted are handed on
    // now, so that no packet of the WebSocket overtakes them.
    handOn(true);
    end(new EngineIoPacket.Noop());
  }

  /**
   * Takes a GET, which then waits for packets. A second GET at the same time ends the session. Call
   * this method on the session's loop.
   */
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

  /**
   * Begins a POST. Returns false, and does nothing, while another POST is under way. Any thread may
   * call this method.
   */
  boolean beginPost() {
    return posting.compareAndSet(false, true);
  }

  /** Ends a POST, so that another one may begin. Any thread may call this method. */
  void endPost() {
    posting.set(false);
  }

  /**
   * Takes the complete body of a POST that {@link #beginPost} has allowed. The caller still has to
   * release its hold on the body. Call this method on the session's loop.
   */
  void post(HttpExchange exchange, ByteBuf body) {
    if (ended || events == null) {
      endPost();
      exchange.respond(HttpResponseStatus.BAD_REQUEST);
      return;
    }
    unanswered = new Post(exchange, body.retain(), PayloadCodec.decode(body.nioBuffer()));
    handOn(false);
  }

  /**
   * A POST, and those of its packets that are not handed on yet. The packets share their bytes with
   * the body.
   */
  private record Post(HttpExchange exchange, ByteBuf body, Iterator<EngineIoPacket> packets) {}

  /**
   * Hands on the packets of the current POST while the session reads, and then answers the POST.
   *
   * @param all whether all packets are handed on even if the session has stopped reading
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

  /** Answers the current POST, if there is one. Then the next POST may begin. */
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

  /**
   * Tells the session that a request broke a rule, or that its client left before it was complete.
   * The session then ends. Any thread may call this method.
   */
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

  /**
   * Ends the transport and answers the pending poll. An official client drops messages that come in
   * one payload with a close packet. So {@code last} is sent only if no messages wait.
   */
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
