package io.starling.integration.failures;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A Socket.IO client that only follows the numbers of the events {@code ["n",number]}. It reads the
 * bytes of its WebSocket itself, because twenty of these clients get a million events each.
 */
final class LineClient implements AutoCloseable {
  private static final int MAX_JUMPS = 1_000;
  private static final byte[] EVENT = "42[\"n\",".getBytes(StandardCharsets.US_ASCII);

  private final String host;
  private final Socket socket;
  private final Thread reader;
  private final List<Jump> jumps = new ArrayList<>();
  private volatile long last;
  private volatile boolean connected;
  private volatile String broken = "";

  /** An event that did not have the number after the one before. */
  record Jump(long last, long next) {
    /** How many numbers came again. */
    long repeated() {
      return Math.max(0, last - next + 1);
    }

    /** How many numbers are missing. */
    long missing() {
      return Math.max(0, next - last - 1);
    }
  }

  private LineClient(String host, Socket socket) {
    this.host = host;
    this.socket = socket;
    this.reader = new Thread(this::read, "client of " + host);
    reader.setDaemon(true);
  }

  /** Connects in the background. */
  static LineClient connect(String host, int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setReceiveBufferSize(1 << 18);
      LineClient client = new LineClient(host, socket);
      String request =
          "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:%d\r\n"
                  .formatted(port)
              + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      client.reader.start();
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isConnected() {
    return connected;
  }

  String host() {
    return host;
  }

  /** The number of the last event. */
  long last() {
    return last;
  }

  /** Why the connection ended; empty while it lasts. */
  String broken() {
    return broken;
  }

  List<Jump> jumps() {
    synchronized (jumps) {
      return List.copyOf(jumps);
    }
  }

  private void read() {
    try (DataInputStream input = new DataInputStream(new Buffered(socket.getInputStream()))) {
      while (!readHeaderLine(input).isEmpty()) {
        // The headers of the upgrade end with an empty line.
      }
      byte[] payload = new byte[1 << 16];
      while (true) {
        int opcode = input.readUnsignedByte() & 0x0f;
        int length = input.readUnsignedByte() & 0x7f;
        length = length == 126 ? input.readUnsignedShort() : length;
        if (length > payload.length || opcode == 8) {
          throw new EOFException("frame of " + length + " bytes, opcode " + opcode);
        }
        input.readFully(payload, 0, length);
        message(payload, length);
      }
    } catch (IOException e) {
      broken = String.valueOf(e.getMessage());
    }
  }

  private static String readHeaderLine(DataInputStream input) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = input.readUnsignedByte(); next != '\n'; next = input.readUnsignedByte()) {
      line.append((char) next);
    }
    return line.toString().trim();
  }

  private void message(byte[] payload, int length) throws IOException {
    if (payload[0] == '0') {
      send("40");
    } else if (payload[0] == '2') {
      send("3");
    } else if (payload[1] == '0') {
      connected = true;
    } else if (begins(payload)) {
      long number = 0;
      for (int i = EVENT.length; i < length && payload[i] != ']'; i++) {
        number = 10 * number + payload[i] - '0';
      }
      if (number != last + 1) {
        jump(new Jump(last, number));
      }
      last = number;
    }
  }

  private void jump(Jump jump) {
    synchronized (jumps) {
      if (jumps.size() < MAX_JUMPS) {
        jumps.add(jump);
      }
    }
  }

  private static boolean begins(byte[] payload) {
    for (int i = 0; i < EVENT.length; i++) {
      if (payload[i] != EVENT[i]) {
        return false;
      }
    }
    return true;
  }

  /** Sends a text of fewer than 126 bytes, masked with zeros. */
  private void send(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[6 + bytes.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | bytes.length);
    System.arraycopy(bytes, 0, frame, 6, bytes.length);
    OutputStream output = socket.getOutputStream();
    output.write(frame);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A buffer without locks: only one thread reads. */
  private static final class Buffered extends InputStream {
    private final InputStream source;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;

    Buffered(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      return fill() ? buffer[from++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, to - from);
      System.arraycopy(buffer, from, target, offset, count);
      from += count;
      return count;
    }

    private boolean fill() throws IOException {
      if (from == to) {
        from = 0;
        to = Math.max(0, source.read(buffer));
      }
      return from < to;
    }
  }
}
