package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
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
 * @param missing the hosts without a whole answer, and why; what came of it is left out, but for
 *     sockets whose data cannot be read
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

  /**
   * The same with every answer converted. A host whose answer makes the conversion throw is listed
   * as {@link Reason#INCOMPLETE} instead.
   */
  public <R> HostResponses<R> map(Function<? super T, ? extends R> conversion) {
    Map<HostId, R> converted = new LinkedHashMap<>();
    Map<HostId, MissingHost> missing = new LinkedHashMap<>(this.missing);
    answers.forEach(
        (host, answer) -> {
          try {
            converted.put(host, conversion.apply(answer));
          } catch (RuntimeException | Error e) {
            missing.put(host, new MissingHost(Reason.INCOMPLETE, 0, 1));
          }
        });
    return new HostResponses<>(converted, missing);
  }
}
