package io.starling.socketio.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A file on its way to a client. One chunk is in memory at a time: the executor reads it, the event
 * loop writes it, and only then the next is read. Ends with the connection, which ends when the
 * client takes too long with a chunk.
 */
final class FileResponse implements RequestDeadline.Client {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final HttpExchange exchange;
  private final FileChannel file;
  private final Executor executor;
  private final RequestDeadline deadline;
  private final long size;
  private long left;

  /**
   * Takes the file over; on the executor.
   *
   * @param stallLimit how long a client may take for one chunk
   */
  FileResponse(HttpExchange exchange, FileChannel file, Executor executor, Duration stallLimit)
      throws IOException {
    this.exchange = exchange;
    this.file = file;
    this.executor = executor;
    this.deadline = new RequestDeadline(exchange.loop(), stallLimit, stallLimit, this);
    this.size = file.size();
    this.left = exchange.method().equals("HEAD") ? 0 : size;
  }

  void start() {
    onLoop(
        () -> {
          DefaultHttpResponse head =
              new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
          exchange.begin(head, size);
          ChannelWrites.write(exchange.channel(), head);
          handOver();
        });
  }

  private void handOver() {
    try {
      executor.execute(this::read);
    } catch (RejectedExecutionException e) {
      end();
    }
  }

  private void read() {
    try {
      ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
      while (chunk.hasRemaining()) {
        if (file.read(chunk) < 0) {
          throw new IOException("file: shorter than before");
        }
      }
      left -= chunk.position();
      chunk.flip();
      onLoop(() -> write(chunk));
    } catch (IOException e) {
      onLoop(this::end);
    }
  }

  private void write(ByteBuffer chunk) {
    if (left == 0) {
      if (chunk.hasRemaining()) {
        ChannelWrites.write(
            exchange.channel(), new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)));
      }
      ChannelWrites.writeAndFlush(exchange.channel(), LastHttpContent.EMPTY_LAST_CONTENT);
      deadline.cancel();
      closeFile();
      exchange.finished();
      return;
    }
    deadline.arm();
    exchange
        .channel()
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)))
        .addListener(
            (ChannelFuture written) -> {
              if (written.isSuccess()) {
                handOver();
              } else {
                end();
              }
            });
  }

  @Override
  public long unsent() {
    return ChannelWrites.unsent(exchange.channel());
  }

  @Override
  public void expired() {
    end();
  }

  /** A response that has begun can only be broken off. */
  private void end() {
    deadline.cancel();
    closeFile();
    ChannelWrites.close(exchange.channel());
  }

  /** The loop of a server that has closed runs nothing, but the file must not stay open. */
  private void onLoop(Runnable task) {
    if (!exchange.loop().tryExecute(task)) {
      closeFile();
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      // It was open for reading: nothing is lost.
    }
  }
}
