package io.starling.socketio.transport;

/** The interface of the operating system for network input and output; the best one first. */
public enum IoKind {
  /**
   * The io_uring interface of Linux 5.10 and later. Bytes that are written leave at the end of the
   * event loop's turn. It needs Netty's native io_uring library and a system that permits io_uring;
   * many containers do not. The server chooses it by default only from Linux 6.1 on, where deferred
   * task work makes it cheaper than {@link #EPOLL}.
   */
  IO_URING,
  /** The epoll interface of Linux. It needs Netty's native epoll library. */
  EPOLL,
  /** The input and output of Java itself, which works on every system. */
  NIO
}
