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
 * Sends a file to a client. Only one chunk of the file is in memory at a time: the executor reads a
 * chunk, the event loop writes it, and the next chunk is read once that write is done. If the
 * client takes too long to receive a chunk, the connection is closed and the response ends.
 */
final class FileResponse implements RequestDeadline.Client {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final HttpExchange exchange;
  private final FileChannel file;
  private final Executor executor;
  private final RequestDeadline deadline;
  private final long size;

  /**
   * How many bytes of the file are not read yet. The executor and the event loop use this field in
   * turn, never at the same time.
   */
  private long left;

  /**
   * Takes over the file, which is closed when the response ends. Call this constructor on the
   * executor.
   *
   * @param stallLimit how long the client may take to receive one chunk
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

  /** Begins to send the file. Any thread may call this method, once. */
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

  /** Reads the next chunk. Runs on the executor. */
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

  /** Closes the connection, because a response that has begun cannot become an error response. */
  private void end() {
    deadline.cancel();
    closeFile();
    ChannelWrites.close(exchange.channel());
  }

  /**
   * Runs a task on the event loop. After the server was closed, the loop takes no more tasks; then
   * the file is closed here.
   */
  private void onLoop(Runnable task) {
    if (!exchange.loop().tryExecute(task)) {
      closeFile();
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      // The file was open for reading only, so no data is lost.
    }
  }
}
