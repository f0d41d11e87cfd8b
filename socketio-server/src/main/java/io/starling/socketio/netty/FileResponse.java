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
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a file to a client. Netty reads the file chunk by chunk on the executor for files, as fast
 * as the client receives it. If the client takes too long to receive a chunk, the connection is
 * closed and the response ends.
 */
final class FileResponse implements ChannelProgressiveFutureListener {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(FileResponse.class);

  private final HttpExchange exchange;
  private final Channel channel;
  private final WholeFile file;
  private final ChunkedWriteHandler chunks = new ChunkedWriteHandler();

  /** Takes over the file, which is closed when the response ends. */
  private FileResponse(HttpExchange exchange, WholeFile file) {
    this.exchange = exchange;
    this.channel = exchange.channel();
    this.file = file;
  }

  /**
   * Responds with a file, which is closed in any case. Call this method on the executor for files.
   */
  static void send(HttpExchange exchange, FileChannel content, EventExecutor files)
      throws IOException {
    try {
      long bytes = content.size();
      long sent = exchange.method().equals("HEAD") ? 0 : bytes;
      FileResponse response = new FileResponse(exchange, new WholeFile(content, sent));
      if (!exchange.loop().tryExecute(() -> response.start(bytes, files))) {
        content.close();
      }
    } catch (Throwable e) {
      content.close();
      throw e;
    }
  }

  /**
   * Begins to send the file. The handler runs on the executor for files, since reading blocks.
   * Netty 4.2 discourages handlers on other executors because a later version will not have them.
   */
  @SuppressWarnings("deprecation")
  private void start(long bytes, EventExecutor files) {
    if (!channel.isActive()) {
      file.close();
      return;
    }
    DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    exchange.begin(head, bytes);
    channel.pipeline().addLast(files, chunks);
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

  /** Fails when the file has become shorter. Netty's class would try to read on for ever. */
  private static final class WholeFile extends ChunkedNioFile {
    private final FileChannel content;

    WholeFile(FileChannel content, long bytes) throws IOException {
      super(content, 0, bytes, CHUNK_BYTES);
      this.content = content;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
      ByteBuf chunk = super.readChunk(allocator);
      if (chunk.isReadable()) {
        return chunk;
      }
      chunk.release();
      throw new IOException("file: shorter than before");
    }

    @Override
    public void close() {
      try {
        content.close();
      } catch (IOException e) {
        LOG.debug("A file that was sent could not be closed", e);
      }
    }
  }
}
