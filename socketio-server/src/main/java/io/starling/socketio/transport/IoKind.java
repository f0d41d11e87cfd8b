package io.starling.socketio.transport;

/** How the operating system is asked for input and output; the best first. */
public enum IoKind {
  /**
   * Linux from 5.10 on, by completion: what is written leaves at the end of a turn of its event
   * loop. Needs Netty's native io_uring library, and a system that allows it, as many containers do
   * not. Only chosen unasked from Linux 6.1 on, whose deferred task work makes it cheaper than
   * {@link #EPOLL}.
   */
  IO_URING,
  /** Linux, by readiness. Needs Netty's native epoll library. */
  EPOLL,
  /** Java's own, everywhere. */
  NIO
}
