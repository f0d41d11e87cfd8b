package io.starling.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The selector loop of all clients of one load. One thread runs it, and all clients share its
 * buffers.
 */
final class ClientLoop implements AutoCloseable {
  /** The greatest length of a frame from the server. A client closes its connection beyond that. */
  static final int MAX_FRAME_BYTES = 1 << 17;

  private static final int READ_BYTES = 1 << 17;

  private final Selector selector = Selector.open();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);
  private final byte[] chunk = new byte[MAX_FRAME_BYTES + 2 * READ_BYTES];
  private final Frames frames = new Frames();

  ClientLoop() throws IOException {}

  SelectionKey register(SocketChannel channel, Client client) throws IOException {
    return channel.register(selector, SelectionKey.OP_READ, client);
  }

  Frames frames() {
    return frames;
  }

  /** The array into which {@link #read} copies bytes. All clients use it, one at a time. */
  byte[] chunk() {
    return chunk;
  }

  /**
   * Reads at most {@link #READ_BYTES}. Returns how many bytes were read, or -1 at the end of the
   * stream.
   */
  int read(SocketChannel channel, int at) throws IOException {
    int length = channel.read(incoming.clear());
    if (length > 0) {
      incoming.flip().get(chunk, at, length);
    }
    return length;
  }

  /** Waits for bytes, and lets those clients work that have received some. */
  void turn(long timeoutMillis, Traffic traffic) throws IOException {
    if (timeoutMillis > 0) {
      selector.select(key -> serve(key, traffic), timeoutMillis);
    } else {
      selector.selectNow(key -> serve(key, traffic));
    }
    traffic.pump(System.nanoTime());
  }

  private static void serve(SelectionKey key, Traffic traffic) {
    Client client = (Client) key.attachment();
    if (key.isValid() && key.isReadable()) {
      client.read();
    }
    if (key.isValid()) {
      client.flush();
    }
    traffic.pump(System.nanoTime());
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }
}
