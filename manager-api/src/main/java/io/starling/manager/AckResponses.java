package io.starling.manager;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the clients of a broadcast answered. A slow host or client never makes it a failure: what is
 * not here is listed.
 *
 * @param <T> an answer: its payload, or its decoded arguments
 * @param answers each client's answer, in the order in which they came
 * @param missing the hosts whose part is not complete, this one included, and why
 */
public record AckResponses<T>(Map<SocketId, T> answers, Map<HostId, MissingHost> missing) {
  public AckResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
  }

  /** Whether every client that was asked, on every host that was alive, answered. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /** The same with every answer converted. */
  public <R> AckResponses<R> map(Function<? super T, ? extends R> conversion) {
    Map<SocketId, R> converted = new LinkedHashMap<>();
    answers.forEach((socket, answer) -> converted.put(socket, conversion.apply(answer)));
    return new AckResponses<>(converted, missing);
  }
}
