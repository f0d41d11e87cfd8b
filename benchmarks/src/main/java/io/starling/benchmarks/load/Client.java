package io.starling.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One Socket.IO client on a WebSocket. Only the thread of its {@link ClientLoop} uses it. It
 * becomes ready in these steps:
 *
 * <pre>
 * connect, HTTP 101 → "0{…}" → "40" sent, "40…" → a join for each room, its ack → ready
 * </pre>
 */
final class Client {
  private static final byte[] NOTHING = {};
  private static final byte[] HEAD_END = Numbers.ascii("\r\n\r\n");
  private static final byte[] SWITCHING = Numbers.ascii("HTTP/1.1 101");
  private static final byte[] EVENT = Numbers.ascii("42[\"msg\",\"");
  private static final int EVENT_END = 2;
  private static final byte[] NAMESPACE = Numbers.ascii("40");
  private static final int MIN_HEADER = 2;

  private final ClientLoop loop;
  private final Traffic traffic;
  private final int index;
  private final int[] rooms;
  private final SocketChannel channel;
  private final SelectionKey key;
  private State state = State.HTTP;
  private int joined;
  private byte[] rest = NOTHING;
  private @Nullable ByteBuffer unsent;

  private enum State {
    HTTP,
    OPENING,
    NAMESPACE,
    JOINING,
    READY,
    CLOSED
  }

  /**
   * Opens the connection. The client joins its rooms when the server has accepted it.
   *
   * @param index the number of this client among the clients of its load
   */
  Client(ClientLoop loop, InetSocketAddress host, Traffic traffic, int index) throws IOException {
    this.loop = loop;
    this.traffic = traffic;
    this.index = index;
    rooms = traffic.rooms(index);
    channel = SocketChannel.open(host); // On the loopback the connection is open at once.
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = loop.register(channel, this);
    loop.frames().raw(upgrade(host));
    flush();
  }

  private static byte[] upgrade(InetSocketAddress host) {
    String text =
        """
        GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
        Host: %s:%d
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: c3RhcmxpbmctYmVuY2htYQ==

        """;
    return text.formatted(host.getHostString(), host.getPort())
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  boolean ready() {
    return state == State.READY;
  }

  int index() {
    return index;
  }

  /** Appends a text frame to the bytes that {@link #flush} sends. */
  void text(byte[]... parts) {
    loop.frames().text(parts);
  }

  /**
   * Sends what was appended since the last call. The bytes that the network does not take are kept
   * and sent later.
   */
  void flush() {
    ByteBuffer ours = loop.frames().take();
    try {
      if (unsent != null) {
        ours = ByteBuffer.allocate(unsent.remaining() + ours.remaining()).put(unsent).put(ours);
        ours.flip();
      }
      if (ours.hasRemaining()) {
        channel.write(ours);
      }
      boolean left = ours.hasRemaining();
      if (left || unsent != null) {
        unsent = left ? ByteBuffer.allocate(ours.remaining()).put(ours).flip() : null;
        key.interestOps(SelectionKey.OP_READ | (left ? SelectionKey.OP_WRITE : 0));
      }
    } catch (IOException e) {
      lost(e.toString());
    } finally {
      loop.frames().clear();
    }
  }

  /** Reads the bytes that have come. Replies are appended, and sent by the next {@link #flush}. */
  void read() {
    byte[] chunk = loop.chunk();
    System.arraycopy(rest, 0, chunk, 0, rest.length);
    int length;
    try {
      length = loop.read(channel, rest.length);
    } catch (IOException e) {
      lost(e.toString());
      return;
    }
    if (length < 0) {
      lost("end of stream");
      return;
    }
    int end = rest.length + length;
    int from = state == State.HTTP ? head(chunk, end) : 0;
    from = state == State.HTTP ? 0 : frames(chunk, from, end, System.nanoTime());
    rest = from == end ? NOTHING : Arrays.copyOfRange(chunk, from, end);
  }

  /**
   * Reads the head of the HTTP response. Returns the index where the WebSocket frames begin, or 0
   * while the head is not complete.
   */
  private int head(byte[] chunk, int end) {
    for (int i = 0; i + HEAD_END.length <= end; i++) {
      if (Arrays.equals(chunk, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        if (!startsWith(chunk, 0, end, SWITCHING)) {
          lost(new String(chunk, 0, i, StandardCharsets.US_ASCII));
          return end;
        }
        state = State.OPENING;
        return i + HEAD_END.length;
      }
    }
    return 0;
  }

  /** Handles all complete frames. Returns the index where the incomplete rest begins. */
  private int frames(byte[] chunk, int begin, int end, long now) {
    int from = begin;
    while (state != State.CLOSED && end - from >= MIN_HEADER) {
      int length = chunk[from + 1] & 0x7f;
      int payload = from + MIN_HEADER + (length < 126 ? 0 : length == 126 ? 2 : 8);
      if (payload > end) {
        break;
      }
      for (int i = from + MIN_HEADER; i < payload; i++) {
        length = i == from + MIN_HEADER ? chunk[i] & 0xff : (length << 8) | (chunk[i] & 0xff);
      }
      if (length < 0 || length > ClientLoop.MAX_FRAME_BYTES) {
        lost("frame: " + length + " bytes");
        break;
      }
      if (payload + length > end) {
        break;
      }
      frame(chunk[from] & 0xf, chunk, payload, payload + length, now);
      from = payload + length;
    }
    return state == State.CLOSED ? end : from;
  }

  private void frame(int opcode, byte[] chunk, int from, int to, long now) {
    switch (opcode) {
      case Frames.TEXT -> packet(chunk, from, to, now);
      case Frames.CLOSE -> lost("close frame");
      case Frames.PING -> loop.frames().pong(Arrays.copyOfRange(chunk, from, to));
      default -> traffic.tally().fault(Fault.MALFORMED);
    }
  }

  /** Handles one Engine.IO packet, see https://socket.io/docs/v4/engine-io-protocol/. */
  private void packet(byte[] chunk, int from, int to, long now) {
    int type = from < to ? chunk[from] : 0;
    if (startsWith(chunk, from, to, EVENT)) {
      traffic.event(this, chunk, from + EVENT.length, to - EVENT_END, now);
    } else if (startsWith(chunk, from, to, Numbers.ascii("43"))) {
      ack(chunk, from + 2, to, now);
    } else if (type == '2') {
      text(Numbers.ascii("3"));
    } else if (type == '0' && state == State.OPENING) {
      state = State.NAMESPACE;
      text(NAMESPACE);
    } else if (startsWith(chunk, from, to, NAMESPACE) && state == State.NAMESPACE) {
      state = State.JOINING;
      join();
    } else {
      traffic.tally().fault(Fault.MALFORMED);
    }
  }

  private void join() {
    if (joined == rooms.length) {
      state = State.READY;
      return;
    }
    text(Numbers.ascii("420[\"join\",\"room-" + rooms[joined] + "\"]"));
  }

  private void ack(byte[] chunk, int from, int to, long now) {
    int array = from;
    while (array < to && chunk[array] != '[') {
      array++;
    }
    if (state == State.JOINING) {
      joined++;
      join();
    } else {
      traffic.ack(this, Numbers.read(chunk, from, array), chunk, array, to, now);
    }
  }

  private static boolean startsWith(byte[] chunk, int from, int to, byte[] start) {
    return to - from >= start.length
        && Arrays.equals(chunk, from, from + start.length, start, 0, start.length);
  }

  private void lost(String why) {
    if (state != State.CLOSED) {
      traffic.tally().fault(Fault.DISCONNECTED);
      traffic.tally().lost(why);
      close();
    }
  }

  void close() {
    state = State.CLOSED;
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      traffic.tally().lost(e.toString());
    }
  }
}
