package io.starling.socketio.netty;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Registered for every test class of the module: a buffer that was not released fails it. */
public final class LeakFailureExtension implements AfterAllCallback {
  private static final int ROUNDS = 2;

  @Override
  public void afterAll(ExtensionContext context) {
    for (int i = 0; i < ROUNDS; i++) {
      System.gc();
      // Netty reports lost buffers when it hands out others.
      ByteBufAllocator.DEFAULT.directBuffer().release();
      ByteBufAllocator.DEFAULT.heapBuffer().release();
    }
    String leaks = RecordingLeakDetector.takeReports();
    if (!leaks.isEmpty()) {
      throw new AssertionError("buffers not released:\n" + leaks);
    }
  }
}
