package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import io.starling.socketio.http.WebResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final HttpRoutes routes =
      new HttpRoutes(EchoServer.config(Optional.empty(), 0, "1"), new DefaultEventExecutor());

  private final EmbeddedChannel channel =
      new EmbeddedChannel() {
        @Override
        protected SocketAddress remoteAddress0() {
          return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }
      };

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    Future<?> unused = loop.shutdownGracefully();
  }

  @Test
  void anAnnouncedLengthTakesNoMemory() {
    channel.config().setAllocator(allocator);
    routes
        .others()
        .serve(
            request -> CompletableFuture.completedFuture(WebResponse.of(204)),
            Runnable::run,
            (request, cause) -> {});
    channel.pipeline().addLast(new HttpConnection(channel, new NettyLoop(loop), routes));

    channel.writeInbound(
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            "/x",
            new DefaultHttpHeaders()
                .set(HttpHeaderNames.HOST, "a")
                .set(HttpHeaderNames.CONTENT_LENGTH, 1_000_000)),
        new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1])));

    assertThat(allocator.metric().usedDirectMemory()).isPositive().isLessThan(10_000);
  }
}
