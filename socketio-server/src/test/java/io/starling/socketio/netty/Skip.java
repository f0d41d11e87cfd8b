package io.starling.socketio.netty;

import io.starling.socketio.transport.IoKind;
import java.lang.System.Logger.Level;
import org.junit.jupiter.api.Assumptions;

/** Tests that this machine cannot run are skipped loudly, and counted: .ci/run fails then. */
final class Skip {
  private Skip() {}

  static void unlessAvailable(IoKind kind) {
    unless(NativeIo.available(kind), "io: " + kind + " does not work on this machine");
  }

  static void unless(boolean possible, String fault) {
    if (!possible) {
      System.getLogger(Skip.class.getName()).log(Level.WARNING, "SKIPPED " + fault);
      Assumptions.abort(fault);
    }
  }
}
