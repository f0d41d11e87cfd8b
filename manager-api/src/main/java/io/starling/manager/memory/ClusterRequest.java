package io.starling.manager.memory;

import io.starling.manager.HostId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A question that one host asked the hosts of the cluster. The request waits for their answers. The
 * manager of the asking host calls the methods, on any thread, as answers arrive and hosts leave.
 */
public interface ClusterRequest {
  /** Returns the stage that completes with the collected answers. */
  CompletionStage<?> result();

  /**
   * Adds hosts that owe an answer. May be called several times.
   *
   * @param all whether every host that owes an answer is known now. Until a call says so, the
   *     request does not complete, even if all known hosts have answered
   */
  void expect(Set<HostId> hosts, boolean all);

  /** A host has left the cluster. The request stops waiting for the rest of the host's answer. */
  void left(HostId host);

  /**
   * The broker did not take the question, or this host may not have received the answers. Each
   * other host whose answer is not complete counts as {@link
   * io.starling.manager.MissingHost.Reason#UNREACHABLE}. If no other host is known, the asking host
   * itself is listed so, because there may be hosts that it does not know of.
   *
   * @param self the asking host
   */
  void unreachable(HostId self);

  /** The time-out has passed: the result completes with the answers so far. */
  void expire();

  /** The question could not be asked: the result fails with this cause. */
  void fail(Throwable cause);
}
