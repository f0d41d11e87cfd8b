package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The answers of the hosts of a cluster to one question. A host that did not answer in time does
 * not make the question fail. The host is listed in {@code missing}.
 *
 * @param <T> the type of the answer of one host
 * @param answers the complete answer of each host
 * @param missing each host without a complete answer, and why. Such a host has no entry in {@code
 *     answers}, with one exception: a host is in both maps if it sent all its sockets but the data
 *     of some cannot be decoded, see {@link BroadcastOperator#fetchSockets()}
 */
public record HostResponses<T>(Map<HostId, T> answers, Map<HostId, MissingHost> missing) {
  public HostResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
  }

  /** Returns whether every live host gave a complete answer. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /**
   * Returns a copy in which every answer is converted. A host for whose answer the conversion
   * throws is listed as missing instead, as {@link Reason#INCOMPLETE}.
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
