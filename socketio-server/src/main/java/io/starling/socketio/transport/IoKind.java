package io.starling.socketio.transport;

/** How the operating system is asked for input and output; the best first. */
public enum IoKind {
  /** Linux, by readiness. Needs Netty's native epoll library. */
  EPOLL,
  /**
   * Linux 5.10 or later, by completion. Needs Netty's native io_uring library. Cheaper than epoll,
   * but what is written leaves at the end of a loop's turn only: a client for whom more than {@code
   * maxQueuedBytes} come in one turn may be given up though it reads, and what a close finds under
   * way may be lost, a close frame too.
   */
  IO_URING,
  /** Java's own, everywhere. */
  NIO
}
