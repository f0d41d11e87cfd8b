package io.starling.integration.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One direction of a connection through a {@link TcpProxy}. One thread reads, another writes, and
 * the bytes between them may wait.
 *
 * @param reader sees the bytes before they are passed on
 * @param latencyNanos how long bytes wait
 * @param hangs whether nothing is passed on at the moment
 */
record Relay(
    Socket from,
    Socket to,
    Consumer<byte[]> reader,
    LongSupplier latencyNanos,
    BooleanSupplier hangs,
    BlockingQueue<Chunk> waiting) {
  private static final int CHUNKS = 64;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  Relay(
      Socket from,
      Socket to,
      Consumer<byte[]> reader,
      LongSupplier latencyNanos,
      BooleanSupplier hangs) {
    this(from, to, reader, latencyNanos, hangs, new ArrayBlockingQueue<>(CHUNKS));
  }

  /** Bytes, and when they are due; no bytes mean the end. */
  record Chunk(ByteBuffer bytes, long dueNanos) {}

  /**
   * Reads until the connection ends.
   *
   * @param end closes both sides; called only when nobody else will
   */
  void read(Runnable end) {
    try {
      InputStream input = from.getInputStream();
      byte[] buffer = new byte[CHUNK_BYTES];
      for (int length = input.read(buffer); length > 0; length = input.read(buffer)) {
        byte[] bytes = Arrays.copyOf(buffer, length);
        reader.accept(bytes);
        waiting.put(
            new Chunk(ByteBuffer.wrap(bytes), System.nanoTime() + latencyNanos.getAsLong()));
      }
      waiting.put(new Chunk(ByteBuffer.allocate(0), System.nanoTime() + latencyNanos.getAsLong()));
    } catch (IOException e) {
      end.run(); // cut, on either side
      waiting.clear();
      boolean unused = waiting.offer(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what was read when it is due, and ends both sides after the last byte. */
  void write(Runnable end) {
    try {
      for (Chunk next = waiting.take(); next.bytes().hasRemaining(); next = waiting.take()) {
        awaitTurn(next);
        to.getOutputStream().write(next.bytes().array());
      }
    } catch (IOException e) {
      waiting.clear(); // cut; lets the reader go on to its end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end.run();
    }
  }

  private void awaitTurn(Chunk next) {
    long left = next.dueNanos() - System.nanoTime();
    while (!to.isClosed() && (left > 0 || hangs.getAsBoolean())) {
      LockSupport.parkNanos(left > 0 ? left : LOOK_AGAIN_NANOS);
      left = next.dueNanos() - System.nanoTime();
    }
  }
}
