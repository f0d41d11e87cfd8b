package io.starling.socketio.transport;

/** How the operating system is asked for input and output; the best first. */
public enum IoKind {
  /** Linux, by readiness. Needs Netty's native epoll library. */
  EPOLL,
  /** Linux 5.10 or later, by completion. Needs Netty's native io_uring library. */
  IO_URING,
  /** Java's own, everywhere. */
  NIO
}
