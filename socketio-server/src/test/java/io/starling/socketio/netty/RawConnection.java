package io.starling.socketio.netty;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One TCP connection to a server, as HTTP or as a WebSocket, with every byte in the open. */
final class RawConnection implements AutoCloseable {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int READ_TIMEOUT_MILLIS = 5000;

  private final Socket socket;
  private final InputStream in;

  RawConnection(InetSocketAddress server) {
    this(connected(server));
  }

  /** Takes a connected socket over. */
  RawConnection(Socket socket) {
    this.socket = socket;
    try {
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connected(InetSocketAddress server) {
    try {
      return new Socket(server.getAddress(), server.getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Response get(String target, String... headers) {
    send("GET", target, "", headers);
    return receive();
  }

  Response post(String target, String body, String... headers) {
    send("POST", target, body, headers);
    return receive();
  }

  Response request(String method, String target, String... headers) {
    send(method, target, "", headers);
    return method.equals("HEAD") ? receiveHead() : receive();
  }

  void send(String method, String target, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    if (!Arrays.toString(headers).contains("Host:")) {
      head.append("Host: localhost\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (bytes.length > 0) {
      head.append("Content-Length: ").append(bytes.length).append("\r\n");
    }
    write((head + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
  }

  Response receive() {
    Response head = receiveHead();
    int length = Integer.parseInt(head.headers.getOrDefault("content-length", "0"));
    byte[] body = read(length);
    return new Response(head.status, head.headers, utf8(body), ByteBuffer.wrap(body));
  }

  Response receiveHead() {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (first, second) -> first + ", " + second);
    }
    return new Response(status, headers, "", ByteBuffer.allocate(0));
  }

  Response upgrade(String target, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 4);
    all[headers.length] = "Connection: Upgrade";
    all[headers.length + 1] = "Upgrade: websocket";
    all[headers.length + 2] = "Sec-WebSocket-Version: 13";
    all[headers.length + 3] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    return get(target, all);
  }

  void sendText(String text) {
    sendFrame(0x80 | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a frame, masked with zeros as a lazy client may. */
  void sendFrame(int firstByte, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(firstByte);
    if (payload.length <= 125) {
      frame.write(0x80 | payload.length);
    } else if (payload.length <= 0xffff) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    write(frame.toByteArray());
  }

  /** The next frame's payload, which must be a text. */
  String text() {
    Frame frame = frame();
    if (frame.opcode != TEXT) {
      throw new AssertionError("opcode: " + frame.opcode + " (expected: 1, text)");
    }
    return utf8(frame.payload);
  }

  Frame frame() {
    int first = byteOrEnd();
    int length = byteOrEnd();
    if (length == 126) {
      length = byteOrEnd() << 8 | byteOrEnd();
    } else if (length == 127) {
      byte[] eight = read(8);
      length = (int) new java.math.BigInteger(1, eight).longValueExact();
    }
    return new Frame(first, read(length));
  }

  /** Reads frames until the close frame and answers it; its status, or 1005 when it has none. */
  int closeStatus() {
    Frame frame = frame();
    while (frame.opcode != CLOSE) {
      frame = frame();
    }
    sendFrame(0x80 | CLOSE, frame.payload);
    return frame.payload.length < 2 ? 1005 : frame.payload().getShort();
  }

  /** Whether the server ends the connection before the read times out. */
  boolean ended() {
    try {
      while (in.read() >= 0) {
        // What is left does not matter.
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends nothing more; what the server sends can still be read. */
  void endOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = byteOrEnd(); b != '\n'; b = byteOrEnd()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private int byteOrEnd() {
    return read(1)[0] & 0xff;
  }

  private byte[] read(int length) {
    try {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("connection ended");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  record Response(int status, Map<String, String> headers, String body, ByteBuffer bytes) {}

  /** A WebSocket frame. */
  static final class Frame {
    private final int opcode;
    private final boolean compressed;
    private final byte[] payload;

    private Frame(int firstByte, byte[] payload) {
      this.opcode = firstByte & 0x0f;
      this.compressed = (firstByte & 0x40) != 0;
      this.payload = payload;
    }

    int opcode() {
      return opcode;
    }

    /** Whether permessage-deflate was used. */
    boolean compressed() {
      return compressed;
    }

    ByteBuffer payload() {
      return ByteBuffer.wrap(payload);
    }
  }
}
