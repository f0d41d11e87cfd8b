package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.stream.ChunkedNioFile;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a file to a client, chunk by chunk, as fast as the client receives it. The executor for
 * files reads each chunk. If the client takes too long to receive one, the connection is closed and
 * the response ends.
 *
 * <p>Netty's handler runs on the event loop. On another executor it would pass on the channel's
 * automatic reads late, and epoll closes a half-closed connection for a late read.
 */
final class FileResponse implements ChannelProgressiveFutureListener {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(FileResponse.class);

  private final HttpExchange exchange;
  private final Channel channel;
  private final EventExecutor files;
  private final ChunkedWriteHandler chunks = new ChunkedWriteHandler();
  private final WholeFile file;

  private FileResponse(
      HttpExchange exchange, FileChannel content, long sentBytes, EventExecutor files)
      throws IOException {
    this.exchange = exchange;
    this.channel = exchange.channel();
    this.files = files;
    this.file = new WholeFile(content, sentBytes);
  }

  /**
   * Responds with a file, which is closed in any case. Call this method on the executor for files.
   */
  static void send(HttpExchange exchange, FileChannel content, EventExecutor files)
      throws IOException {
    try {
      long bytes = content.size();
      long sent = exchange.method().equals("HEAD") ? 0 : bytes;
      FileResponse response = new FileResponse(exchange, content, sent, files);
      if (!exchange.loop().tryExecute(() -> response.start(bytes))) {
        response.file.close();
      }
    } catch (Throwable e) {
      content.close();
      throw e;
    }
  }

  private void start(long bytes) {
    if (!channel.isActive()) {
      file.close();
      return;
    }
    DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    exchange.begin(head, bytes);
    channel.pipeline().addLast(chunks);
    ChannelWrites.write(channel, head);
    exchange.sending();
    channel
        .writeAndFlush(new HttpChunkedInput(file), channel.newProgressivePromise())
        .addListener(this);
  }

  /** Runs on the event loop each time the client has received a chunk. */
  @Override
  public void operationProgressed(ChannelProgressiveFuture sending, long progress, long total) {
    if (channel.isActive()) {
      exchange.sending();
    }
  }

  @Override
  public void operationComplete(ChannelProgressiveFuture sending) {
    file.close();
    if (sending.isSuccess() && channel.isActive()) {
      channel.pipeline().remove(chunks);
      exchange.finished();
    } else {
      // A response that has begun cannot become an error response.
      ChannelWrites.close(channel);
    }
  }

  /** The executor for files makes an object; everything else runs on the event loop. */
  private final class WholeFile extends ChunkedNioFile {
    private final FileChannel content;

    /** The chunk that is being read, or was read and is not sent yet; null without one. */
    private @Nullable Future<ByteBuf> next;

    WholeFile(FileChannel content, long bytes) throws IOException {
      super(content, 0, bytes, CHUNK_BYTES);
      this.content = content;
      if (bytes > 0) {
        next = files.newSucceededFuture(read(channel.alloc()));
      }
    }

    @Override
    public boolean isEndOfInput() throws Exception {
      return next == null && super.isEndOfInput();
    }

    /** Returns null while the next chunk is being read. Then the handler is called later. */
    @Override
    public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
      Future<ByteBuf> chunk = next;
      if (chunk == null) {
        next = files.submit(() -> read(allocator));
        next.addListener(read -> chunks.resumeTransfer());
        return null;
      } else if (!chunk.isDone()) {
        return null;
      }
      next = null;
      return chunk.get();
    }

    /** Fails when the file has become shorter. Netty's class would try to read on for ever. */
    private ByteBuf read(ByteBufAllocator allocator) throws IOException {
      ByteBuf chunk;
      try {
        chunk = super.readChunk(allocator);
      } catch (Exception e) {
        throw new IOException("file: not readable", e);
      }
      if (chunk.isReadable()) {
        return chunk;
      }
      chunk.release();
      throw new IOException("file: shorter than before");
    }

    @Override
    public void close() {
      Future<ByteBuf> unsent = next;
      if (unsent != null) {
        next = null;
        unsent.addListener(
            read -> {
              if (read.isSuccess()) {
                unsent.getNow().release();
              }
            });
      }
      try {
        content.close();
      } catch (IOException e) {
        LOG.debug("A file that was sent could not be closed", e);
      }
    }
  }
}
