package io.starling.manager;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the hosts of a cluster answered. A slow host never makes it a failure: what is not here is
 * listed.
 *
 * @param <T> what one host answers
 * @param answers each host's answer, in the order in which they came
 * @param missing the hosts without a whole answer, and why; what came of it is left out
 */
public record HostResponses<T>(Map<HostId, T> answers, Map<HostId, MissingHost> missing) {
  public HostResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
  }

  /** Whether every host that was alive answered. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /** The same with every answer converted. */
  public <R> HostResponses<R> map(Function<? super T, ? extends R> conversion) {
    Map<HostId, R> converted = new LinkedHashMap<>();
    answers.forEach((host, answer) -> converted.put(host, conversion.apply(answer)));
    return new HostResponses<>(converted, missing);
  }
}
