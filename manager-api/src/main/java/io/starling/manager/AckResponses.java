package io.starling.manager;

import io.starling.manager.protocol.Arguments;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the clients of a broadcast answered. A slow host or client never makes it a failure: what is
 * not here is listed.
 *
 * @param answers the arguments of each client's ack, in the order in which they came
 * @param missing the hosts whose part is not complete, this one included, and why
 */
public record AckResponses(Map<SocketId, Arguments> answers, Map<HostId, MissingHost> missing) {
  public AckResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
  }

  /** Whether every client that was asked, on every host that was alive, answered. */
  public boolean complete() {
    return missing.isEmpty();
  }
}
