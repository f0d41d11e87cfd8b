package io.starling.socketio.transport;

/** How the operating system is asked for input and output; the best first. */
public enum IoKind {
  /**
   * Linux, by completion. Needs a kernel with all that Netty uses of it, which may not be forbidden
   * as in many containers, and Netty's native io_uring library.
   */
  IO_URING,
  /** Linux, by readiness. Needs Netty's native epoll library. */
  EPOLL,
  /** Java's own, everywhere. */
  NIO
}
