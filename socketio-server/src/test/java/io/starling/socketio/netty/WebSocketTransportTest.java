package io.starling.socketio.netty;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.starling.engineio.CloseReason;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.CompressionThreshold;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebSocketTransportTest {
  /** A masked close frame without a status. */
  private static final byte[] CLOSE = {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0};

  private static final byte[] UNMASKED = {(byte) 0x81, 1, 'x'};

  private final RecordingEventLoop timers = new RecordingEventLoop();
  private final NettyLoop loop = new NettyLoop(timers);
  private final SlowChannel channel = new SlowChannel();
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
    channel.writeInbound(Unpooled.copiedBuffer(UNMASKED));
    closeChannel();

    assertThat(timers.waiting()).isZero();
  }

  @Test
  void connectionThatIsGoneAlreadyGetsNoTimer() {
    closeChannel();

    transport.close(CloseReason.FORCED_SERVER_CLOSE);

    assertThat(timers.waiting()).isZero();
  }

  @Test
  void clientThatBreaksTheProtocolBehindTheServersCloseFrameHasASecond() {
    transport.close(CloseReason.FORCED_SERVER_CLOSE);
    channel.writeInbound(Unpooled.copiedBuffer(UNMASKED));

    assertThat(timers.delays()).containsExactly(ofSeconds(1));
  }

  @Test
  void clientThatTheLayerAboveRefusesHasASecond() {
    transport.close(CloseReason.FORCED_CLOSE);

    assertThat(timers.delays()).containsExactly(ofSeconds(1));
  }

  @Test
  void clientThatTakesWhatCameBeforeTheCloseFrameHasItsTimeAnew() {
    channel.stalled = true;
    transport.write(new EngineIoPacket.Message(ByteBuffer.allocate(1000), true));
    transport.close(CloseReason.FORCED_SERVER_CLOSE);
    channel.take(100);
    timers.fire();
    assertThat(channel.isOpen()).isTrue();
    channel.take(100);
    timers.fire();
    assertThat(channel.isOpen()).isTrue();

    timers.fire();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void clientThatHasEverythingAndDoesNotAnswerTheCloseFrameHasOneTimeout() {
    transport.close(CloseReason.FORCED_SERVER_CLOSE);
    timers.fire();

    assertThat(channel.isOpen()).isFalse();
  }

  private void closeChannel() {
    ChannelWrites.close(channel);
    channel.runPendingTasks();
  }

  private WebSocketTransport transport() {
    HttpConnection connection =
        new HttpConnection(
            channel,
            loop,
            new HttpRoutes(
                EchoServer.config(Optional.empty(), 0, "1"), new DefaultEventExecutor()));
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
            SocketIoServerConfig.builder().build().engine(),
            new WebSocketFrames.Format(CompressionThreshold.OFF, false));
    channel.pipeline().addLast(made);
    return made;
  }

  /** A channel whose network takes nothing while it is stalled, but what the test lets it take. */
  private static final class SlowChannel extends EmbeddedChannel {
    boolean stalled;

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
      if (!stalled) {
        super.doWrite(in);
      }
    }

    void take(int bytes) {
      unsafe().outboundBuffer().progress(bytes);
    }
  }

  /** Every thread is the loop; its timers fire when the test says so. */
  private static final class RecordingEventLoop extends DefaultEventLoop {
    private final List<Timer> scheduled = new ArrayList<>();

    private record Timer(Duration delay, Runnable task, ScheduledFuture<?> future) {}

    @Override
    public boolean inEventLoop(Thread thread) {
      return true;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      ScheduledFuture<?> future = super.schedule(() -> {}, delay, unit);
      scheduled.add(new Timer(Duration.ofNanos(unit.toNanos(delay)), task, future));
      return future;
    }

    /** The delays of those that wait. */
    List<Duration> delays() {
      scheduled.removeIf(timer -> timer.future.isDone());
      return scheduled.stream().map(Timer::delay).toList();
    }

    long waiting() {
      return delays().size();
    }

    /** Fires those that wait. */
    void fire() {
      delays();
      List<Timer> due = List.copyOf(scheduled);
      scheduled.clear();
      due.forEach(timer -> timer.task.run());
    }
  }
}
