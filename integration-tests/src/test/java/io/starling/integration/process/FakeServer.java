package io.starling.integration.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP server that does with each request what a test says, also what no server should do: bytes
 * that are no answer, half an answer, WebSocket frames of any form.
 */
public final class FakeServer implements AutoCloseable {
  private static final String WEB_SOCKET_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int FINAL = 0x80;

  private final ServerSocket listener;
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** What happens with a request; runs on the thread of its connection. */
  public interface Script {
    void serve(Exchange exchange) throws IOException;
  }

  /**
   * A request.
   *
   * @param target path and query, or the whole URL if the client believes that this is its proxy
   * @param headers by their names in lower case
   */
  public record Request(String method, String target, Map<String, String> headers, String body) {
    public boolean wantsWebSocket() {
      return "websocket".equalsIgnoreCase(headers.get("upgrade"));
    }
  }

  private FakeServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
  }

  /** Listens on a free port of the loopback interface. */
  public static FakeServer open(Script script) {
    try {
      FakeServer server =
          new FakeServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
      start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "fake server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      while (!socket.isClosed()) {
        Request request = read(input);
        requests.add(request);
        script.serve(new Exchange(request, input, socket));
      }
    } catch (IOException e) {
      // The client has closed the connection, or the script has.
    } finally {
      sockets.remove(socket);
    }
  }

  private static Request read(InputStream input) throws IOException {
    String[] first = line(input).split(" ", -1);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(input); !line.isEmpty(); line = line(input)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(input.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(first[0], first[1], headers, body);
  }

  private static String line(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** All requests so far, in the order of their arrival. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many connections are open. */
  public int connections() {
    return sockets.size();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request, and the connection on which it came. */
  public record Exchange(Request request, DataInputStream input, Socket socket) {
    /** Writes an answer of HTTP. */
    public void answer(int status, String body, String... headerLines) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Told\r\n");
      for (String line : headerLines) {
        head.append(line).append("\r\n");
      }
      head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
      write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      write(bytes);
    }

    public void write(byte[] bytes) throws IOException {
      OutputStream output = socket.getOutputStream();
      output.write(bytes);
      output.flush();
    }

    /** Reads, and drops, what the client sends until it closes the connection. */
    public void awaitEnd() throws IOException {
      long unused = input.transferTo(OutputStream.nullOutputStream());
    }

    /** Accepts a WebSocket. */
    public void upgrade() throws IOException {
      String key = request.headers().get("sec-websocket-key") + WEB_SOCKET_ID;
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.US_ASCII));
        write(
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(hash)
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
      } catch (NoSuchAlgorithmException e) {
        throw new LinkageError("SHA-1 is part of every JDK", e);
      }
    }

    /** Sends a text frame. */
    public void text(String text) throws IOException {
      frame(FINAL | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a binary frame. */
    public void binary(byte[] bytes) throws IOException {
      frame(FINAL | BINARY, bytes);
    }

    /**
     * Sends a frame.
     *
     * @param first the first byte: flags and opcode
     */
    public void frame(int first, byte[] payload) throws IOException {
      write(head(first, payload.length));
      write(payload);
    }

    /** The head of a frame that announces a length. */
    public static byte[] head(int first, long length) {
      ByteBuffer head = ByteBuffer.allocate(10).put((byte) first);
      if (length < 126) {
        head.put((byte) length);
      } else if (length < 1 << 16) {
        head.put((byte) 126).putShort((short) length);
      } else {
        head.put((byte) 127).putLong(length);
      }
      byte[] bytes = new byte[head.position()];
      head.flip().get(bytes);
      return bytes;
    }

    /** Waits for the client's next frame. Gives its content as text. */
    public String read() throws IOException {
      input.readByte();
      int length = input.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = input.readUnsignedShort();
      } else if (length == 127) {
        length = Math.toIntExact(input.readLong());
      }
      byte[] mask = input.readNBytes(4);
      byte[] content = input.readNBytes(length);
      for (int i = 0; i < content.length; i++) {
        content[i] ^= mask[i % 4];
      }
      return new String(content, StandardCharsets.UTF_8);
    }
  }
}
