package io.starling.manager.memory;

import io.starling.manager.HostId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Something that was asked of the cluster and waits for the hosts that owe an answer. Safe for any
 * thread.
 */
public interface ClusterRequest {
  CompletionStage<?> result();

  /**
   * Says who owes an answer. May be called several times.
   *
   * @param all whether these are all; until then it is not complete, whoever has answered
   */
  void expect(Set<HostId> hosts, boolean all);

  /** A host is no more; what it has not said will not come. */
  void left(HostId host);

  /**
   * The question could not be put to the other hosts, or their answers could not be heard. Those
   * that have not answered are missing as {@link
   * io.starling.manager.MissingHost.Reason#UNREACHABLE}; this host is, too, where it knows of no
   * other, since there may be some.
   */
  void unreachable(HostId self);

  /** Time is up: the result is what there is. */
  void expire();

  /** The question itself failed; there is no result. */
  void fail(Throwable cause);
}
