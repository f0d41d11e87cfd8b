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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A file on its way to a client. One chunk is in memory at a time: the executor reads it, the event
 * loop writes it, and only then the next is read. Ends with the connection.
 */
final class FileResponse {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final HttpExchange exchange;
  private final FileChannel file;
  private final Executor executor;
  private final long size;
  private long left;

  /** Takes the file over; on the executor. */
  FileResponse(HttpExchange exchange, FileChannel file, Executor executor) throws IOException {
    this.exchange = exchange;
    this.file = file;
    this.executor = executor;
    this.size = file.size();
    this.left = exchange.method().equals("HEAD") ? 0 : size;
  }

  void start() {
    exchange
        .loop()
        .execute(
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
      abort();
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
      exchange.loop().execute(() -> write(chunk));
    } catch (IOException e) {
      abort();
    }
  }

  private void write(ByteBuffer chunk) {
    if (left == 0) {
      if (chunk.hasRemaining()) {
        ChannelWrites.write(
            exchange.channel(), new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)));
      }
      ChannelWrites.writeAndFlush(exchange.channel(), LastHttpContent.EMPTY_LAST_CONTENT);
      closeFile();
      exchange.finished();
      return;
    }
    exchange
        .channel()
        .writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)))
        .addListener(
            (ChannelFuture written) -> {
              if (written.isSuccess()) {
                handOver();
              } else {
                abort();
              }
            });
  }

  private void abort() {
    closeFile();
    ChannelWrites.close(exchange.channel());
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      // It was open for reading: nothing is lost.
    }
  }
}
