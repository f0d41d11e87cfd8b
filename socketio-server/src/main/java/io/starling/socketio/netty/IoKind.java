package io.starling.socketio.netty;

/** How the operating system is asked for input and output. */
public enum IoKind {
  /** Linux, by readiness. */
  EPOLL,
  /** Linux 5.10 or later, by completion. */
  IO_URING,
  /** Java's own, everywhere. */
  NIO
}
