package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.starling.socketio.transport.IoKind;
import java.util.Optional;
import java.util.stream.Stream;

/** What Netty has for each kind of input and output. */
final class NativeIo {
  private NativeIo() {}

  /** Whether it works on this machine and with the libraries on the class path. */
  static boolean available(IoKind kind) {
    return switch (kind) {
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
      case NIO -> true;
    };
  }

  /**
   * The kind that was asked for, or else the best.
   *
   * @throws IllegalArgumentException when the one that was asked for does not work here
   */
  static IoKind choose(Optional<IoKind> wanted) {
    if (wanted.isPresent() && !available(wanted.get())) {
      throw new IllegalArgumentException(
          "io: " + wanted.get() + " (expected: one of " + working().toList() + " on this machine)");
    }
    return wanted.or(() -> working().findFirst()).orElse(IoKind.NIO);
  }

  private static Stream<IoKind> working() {
    return Stream.of(IoKind.values()).filter(NativeIo::available);
  }

  /** Whether a flush only queues what the loop hands to the network at the end of its turn. */
  static boolean flushesLater(Channel channel) {
    return channel instanceof IoUringSocketChannel;
  }

  static IoHandlerFactory handlers(IoKind kind) {
    return switch (kind) {
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
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
