package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
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
 * @param hosts whose client each of those that answered is, as far as that is known
 */
public record AckResponses<T>(
    Map<SocketId, T> answers, Map<HostId, MissingHost> missing, Map<SocketId, HostId> hosts) {
  private static final HostId UNKNOWN = new HostId("unknown");

  public AckResponses {
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
    hosts = Map.copyOf(hosts);
  }

  /** Answers of clients whose hosts are not known. */
  public AckResponses(Map<SocketId, T> answers, Map<HostId, MissingHost> missing) {
    this(answers, missing, Map.of());
  }

  /** Whether every client that was asked, on every host that was alive, answered. */
  public boolean complete() {
    return missing.isEmpty();
  }

  /**
   * The same with every answer converted. An answer whose conversion throws is left out, and its
   * host is listed as {@link Reason#INCOMPLETE}, by the name {@code unknown} where nothing tells
   * which host it was.
   */
  public <R> AckResponses<R> map(Function<? super T, ? extends R> conversion) {
    Map<SocketId, R> converted = new LinkedHashMap<>();
    Map<HostId, Integer> unreadable = new LinkedHashMap<>();
    answers.forEach(
        (socket, answer) -> {
          try {
            converted.put(socket, conversion.apply(answer));
          } catch (RuntimeException | Error e) {
            unreadable.merge(hosts.getOrDefault(socket, UNKNOWN), 1, Integer::sum);
          }
        });
    Map<HostId, MissingHost> missing = new LinkedHashMap<>(this.missing);
    unreadable.forEach(
        (host, count) ->
            missing.compute(
                host, (h, before) -> (before == null ? whole(host) : before).without(count)));
    return new AckResponses<>(converted, missing, hosts);
  }

  /** The part of a host of which nothing was missing so far. */
  private MissingHost whole(HostId host) {
    int answered =
        (int)
            answers.keySet().stream()
                .filter(socket -> hosts.getOrDefault(socket, UNKNOWN).equals(host))
                .count();
    return new MissingHost(Reason.INCOMPLETE, answered, answered);
  }
}
