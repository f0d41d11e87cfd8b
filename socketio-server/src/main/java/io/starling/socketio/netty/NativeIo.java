package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.starling.socketio.transport.IoKind;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses between io_uring, epoll and Java's NIO for the input and output of a server, and provides
 * the classes of Netty for the chosen kind.
 */
final class NativeIo {
  private static final Logger LOG = LoggerFactory.getLogger(NativeIo.class);

  /**
   * About how many milliseconds an event loop runs tasks before it turns to the network again.
   * Netty looks at the clock only after every 64 tasks, so the loop may take longer.
   */
  private static final long MAX_TASKS_MILLIS = 5;

  private static final boolean IO_URING_IS_THERE =
      NativeIo.class.getResource("/io/netty/channel/uring/IoUringSocketChannel.class") != null;

  private NativeIo() {}

  /** Whether a kind works on this machine with the libraries on the class path. */
  static boolean available(IoKind kind) {
    try {
      return switch (kind) {
        case EPOLL -> Epoll.isAvailable();
        case IO_URING -> IoUring.isAvailable();
        case NIO -> true;
      };
    } catch (NoClassDefFoundError e) {
      // Without Netty's native transports on the class path, even the classes named above are
      // missing.
      return false;
    }
  }

  /**
   * Whether a kind is good enough to be chosen unasked. For io_uring this needs deferred task work,
   * which came with Linux 6.1.
   */
  static boolean advisable(IoKind kind) {
    return kind != IoKind.IO_URING
        || IoUring.featureString().contains("SETUP_DEFER_TASKRUN_SUPPORTED=true");
  }

  /**
   * Opens something for the wanted kind. If none is wanted, tries the advisable kinds from the best
   * to the last: a kind that works in general may fail to open, for example for lack of memory.
   *
   * @throws IllegalArgumentException if the wanted kind does not work on this machine
   */
  static <T> T open(Optional<IoKind> wanted, Function<IoKind, T> opener) {
    // The stream must stay lazy: the question whether a kind works loads the library of that kind.
    Stream<IoKind> working = Stream.of(IoKind.values()).filter(NativeIo::available);
    if (wanted.isPresent() && !available(wanted.get())) {
      throw new IllegalArgumentException(
          "io: " + wanted.get() + " (expected: one of " + working.toList() + " on this machine)");
    }
    Iterator<IoKind> candidates =
        wanted.map(Stream::of).orElse(working.filter(NativeIo::advisable)).iterator();
    while (true) {
      IoKind kind = candidates.next();
      try {
        return opener.apply(kind);
      } catch (RuntimeException e) {
        if (!candidates.hasNext()) {
          throw e;
        }
        LOG.warn("io: {} could not be opened, trying the next best", kind, e);
      }
    }
  }

  /**
   * Whether a flush of this channel only queues data, which the event loop hands to the network at
   * the end of its turn. This is so for io_uring.
   */
  static boolean flushesLater(Channel channel) {
    return IO_URING_IS_THERE && channel instanceof IoUringSocketChannel;
  }

  /**
   * Makes event loops that return to the network after about {@link #MAX_TASKS_MILLIS}, however
   * many tasks are queued.
   */
  static MultiThreadIoEventLoopGroup loops(IoKind kind, int count, ThreadFactory threads) {
    return new MultiThreadIoEventLoopGroup(count, threads, handlers(kind)) {
      @Override
      protected IoEventLoop newChild(
          Executor executor, IoHandlerFactory handlers, Object... unused) {
        return new SingleThreadIoEventLoop(
            this,
            executor,
            handlers,
            Integer.MAX_VALUE,
            RejectedExecutionHandlers.reject(),
            MAX_TASKS_MILLIS);
      }
    };
  }

  private static IoHandlerFactory handlers(IoKind kind) {
    return switch (kind) {
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /**
   * The socket option for the number of bytes that the kernel accepts beyond those it can send at
   * once; null if this kind of input and output has no such option.
   */
  static @Nullable ChannelOption<Long> unsentBytes(IoKind kind) {
    return switch (kind) {
      case EPOLL -> EpollChannelOption.TCP_NOTSENT_LOWAT;
      case IO_URING -> IoUringChannelOption.TCP_NOTSENT_LOWAT;
      case NIO -> null;
    };
  }

  static Class<? extends ServerSocketChannel> serverChannel(IoKind kind) {
    return switch (kind) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }
}
