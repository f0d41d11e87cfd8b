package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoConfig;
import io.starling.socketio.transport.CompressionThreshold;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketTransportTest {
  /** A masked close frame without a status. */
  private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0};

  private final RecordingEventLoop timers = new RecordingEventLoop();
  private final NettyLoop loop = new NettyLoop(timers);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final WebSocketTransport transport = transport();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    Future<?> unused = timers.shutdownGracefully();
  }

  @Test
  void connectionThatTheServerClosedLeavesNoTimer() {
    transport.close(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(timers.waiting()).isEqualTo(1);

    closeChannel();

    assertThat(timers.waiting()).isZero();
  }

  @Test
  void connectionThatTheClientClosedLeavesNoTimer() {
    channel.writeInbound(Unpooled.copiedBuffer(CLOSE));
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
    assertThat(timers.waiting()).isZero();
  }

  @Test
  void connectionThatBrokeTheProtocolLeavesNoTimer() {
    byte[] unmasked = {(byte) 0x81, 1, 'x'};
    channel.writeInbound(Unpooled.copiedBuffer(unmasked));
    closeChannel();

    assertThat(timers.waiting()).isZero();
  }

  @Test
  void connectionThatIsGoneAlreadyGetsNoTimer() {
    closeChannel();

    transport.close(CloseReason.FORCED_SERVER_CLOSE);

    assertThat(timers.waiting()).isZero();
  }

  private void closeChannel() {
    ChannelWrites.close(channel);
    channel.runPendingTasks();
  }

  private WebSocketTransport transport() {
    HttpConnection connection =
        new HttpConnection(
            channel, loop, new HttpRoutes(NettyServerConfig.builder().build(), Runnable::run));
    HttpExchange exchange =
        new HttpExchange(
            connection,
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"),
            new RequestSource(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), false, "", List.of()));
    WebSocketTransport made =
        new WebSocketTransport(
            exchange,
            loop,
            EngineIoConfig.builder().build(),
            new WebSocketFrames.Format(CompressionThreshold.OFF, false));
    channel.pipeline().addLast(made);
    return made;
  }

  /** Every thread is the loop; its timers are remembered and do not fire in time. */
  private static final class RecordingEventLoop extends DefaultEventLoop {
    private final List<ScheduledFuture<?>> scheduled = new ArrayList<>();

    @Override
    public boolean inEventLoop(Thread thread) {
      return true;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      ScheduledFuture<?> timer = super.schedule(task, delay, unit);
      scheduled.add(timer);
      return timer;
    }

    long waiting() {
      return scheduled.stream().filter(timer -> !timer.isDone()).count();
    }
  }
}
