package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The answers of the clients to an event that asked for acknowledgements. A host or client that did
 * not answer in time does not make the operation fail. Its host is listed in {@code missing}.
 *
 * @param <T> the type of an answer: the payload, or its decoded arguments
 * @param answers the answer of each client that answered, in the order of arrival
 * @param missing each host, perhaps this one, from which not all answers came, and why
 * @param hosts the host of each client that answered, as far as it is known
 */
public record AckResponses<T>(
    Map<SocketId, T> answers, Map<HostId, MissingHost> missing, Map<SocketId, HostId> hosts) {
  public AckResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
    hosts = Map.copyOf(hosts);
  }

  /** Holds answers of clients whose hosts are not known. */
  public AckResponses(Map<SocketId, T> answers, Map<HostId, MissingHost> missing) {
    this(answers, missing, Map.of());
  }

  /** Returns whether every recipient on every live host answered. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /**
   * Returns a copy in which every answer is converted. An answer is left out if its conversion
   * throws, and its host is then listed as missing, as {@link Reason#INCOMPLETE} if it was not
   * listed before. A host that is not known is listed by the id {@code unknown}.
   */
  public <R> AckResponses<R> map(Function<? super T, ? extends R> conversion) {
    Map<SocketId, R> converted = new LinkedHashMap<>();
    Map<HostId, Integer> unreadable = new LinkedHashMap<>();
    answers.forEach(
        (socket, answer) -> {
          try {
            converted.put(socket, conversion.apply(answer));
          } catch (RuntimeException | Error e) {
            unreadable.merge(hosts.getOrDefault(socket, HostId.UNKNOWN), 1, Integer::sum);
          }
        });
    Map<HostId, MissingHost> missing = new LinkedHashMap<>(this.missing);
    unreadable.forEach(
        (host, count) ->
            missing.compute(
                host, (h, before) -> (before == null ? whole(host) : before).without(count)));
    return new AckResponses<>(converted, missing, hosts);
  }

  /** Returns an entry for a host from which every answer came. */
  private MissingHost whole(HostId host) {
    int answered =
        (int)
            answers.keySet().stream()
                .filter(socket -> hosts.getOrDefault(socket, HostId.UNKNOWN).equals(host))
                .count();
    return new MissingHost(Reason.INCOMPLETE, answered, answered);
  }
}
