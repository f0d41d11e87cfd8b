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

/** What Netty has for each kind of input and output. */
final class NativeIo {
  private static final Logger LOG = LoggerFactory.getLogger(NativeIo.class);

  /**
   * About how long an event loop runs tasks before it turns to the network; Netty looks at the
   * clock every 64 tasks.
   */
  private static final long MAX_TASKS_MILLIS = 5;

  /**
   * While an accept fails, Netty begins the next multishot accept at once, even when the channel
   * does not read: at the limit of open files that is a busy loop. Netty looks at this property
   * once, so the process is asked not to use such accepts unless its user chose them.
   */
  private static final String MULTISHOT_ACCEPT = "io.netty.iouring.acceptMultiShotEnabled";

  static {
    System.getProperties().putIfAbsent(MULTISHOT_ACCEPT, "false");
  }

  private static final boolean IO_URING_IS_THERE =
      NativeIo.class.getResource("/io/netty/channel/uring/IoUringSocketChannel.class") != null;

  private NativeIo() {}

  /** Whether it works on this machine and with the libraries on the class path. */
  static boolean available(IoKind kind) {
    try {
      return switch (kind) {
        case EPOLL -> Epoll.isAvailable();
        case IO_URING -> IoUring.isAvailable();
        case NIO -> true;
      };
    } catch (NoClassDefFoundError e) {
      // An application without Netty's native transports has not even their classes.
      return false;
    }
  }

  /**
   * Whether it pays on this machine: io_uring does with deferred task work, Linux 6.1, and without
   * multishot accepts, which are on when other code of this process loaded Netty's io_uring first.
   */
  static boolean advisable(IoKind kind) {
    return kind != IoKind.IO_URING
        || (IoUring.featureString().contains("SETUP_DEFER_TASKRUN_SUPPORTED=true")
            && !IoUring.isAcceptMultishotEnabled());
  }

  /** What was opened, and for which kind. */
  record Opened<T>(IoKind kind, T opened) {}

  /**
   * Opens something for the kind that was asked for, or else for the best that can be opened: one
   * that works may lack memory for more.
   *
   * @throws IllegalArgumentException when the one that was asked for does not work here
   */
  static <T> Opened<T> open(Optional<IoKind> wanted, Function<IoKind, T> opener) {
    // Lazy: to ask whether a kind works loads its library.
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
        return new Opened<>(kind, opener.apply(kind));
      } catch (RuntimeException e) {
        if (!candidates.hasNext()) {
          throw e;
        }
        LOG.warn("io: {} could not be opened, trying the next best", kind, e);
      }
    }
  }

  /** Whether a flush only queues what the loop hands to the network at the end of its turn. */
  static boolean flushesLater(Channel channel) {
    return IO_URING_IS_THERE && channel instanceof IoUringSocketChannel;
  }

  /** Event loops that come to the network soon, however many tasks wait. */
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

  /** How much of a connection the kernel takes before it can send it; null if it cannot be told. */
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
