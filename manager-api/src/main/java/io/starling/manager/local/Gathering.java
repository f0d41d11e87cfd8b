package io.starling.manager.local;

import io.starling.manager.AckResponses;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Question;
import io.starling.manager.Question.Count;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Question.FetchSockets;
import io.starling.manager.Question.Find;
import io.starling.manager.Question.ServerEventWithReply;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Present;
import io.starling.manager.local.Answer.Refused;
import io.starling.manager.local.Answer.Replied;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the answers to one question. The gathering is complete when every host that owes an
 * answer has given it whole, refused or left. A question for acknowledgements is answered by a host
 * when the host has said how many clients it asked, and each of them has answered or left. A search
 * for a socket is complete as soon as one host has the socket.
 *
 * <p>An answer that is repeated, comes late or belongs to another kind of question has no effect.
 * Safe for any thread. The result completes on the thread of the last report.
 *
 * @param <A> the type of all answers together
 */
public final class Gathering<A> {
  private final Question<A> question;

  /** The reports of each host. Guarded by this. */
  private final Map<HostId, Part> parts = new LinkedHashMap<>();

  /** The answers of all hosts in the order of arrival. Guarded by this. */
  private final List<Arrived> arrived = new ArrayList<>();

  private final CompletableFuture<Void> complete = new CompletableFuture<>();
  private final CompletableFuture<A> result = complete.thenApply(nothing -> responses());

  /** Whether all hosts that owe an answer are known. Guarded by this. */
  private boolean expecting;

  /** Whether nothing more is taken. Guarded by this. */
  private boolean ended;

  /** The host that has the socket which is searched for; null before. Guarded by this. */
  private @Nullable HostId found;

  /** The description of each host that gave one. Guarded by this. */
  private final Map<HostId, HostInfo> described = new HashMap<>();

  /**
   * The id that stands in the result for hosts that may exist and are not known: that of the asking
   * host if it could reach no other host and knows of no other. Null without such hosts. Guarded by
   * this.
   */
  private @Nullable HostId cutOff;

  private record Arrived(HostId host, Answer answer) {}

  /** Waits for the answers to this question. */
  public Gathering(Question<A> question) {
    this.question = question;
  }

  /** Returns the stage that completes with all answers, on the thread of the last report. */
  public CompletionStage<A> result() {
    return result;
  }

  /**
   * Returns the stage that completes with all answers, on this executor. If all answers have come
   * already, whatever depends on the stage runs on the calling thread.
   */
  public CompletionStage<A> result(Executor callbacks) {
    return result.isDone() ? result : result.thenApplyAsync(r -> r, callbacks);
  }

  /** Returns whether the result is there. */
  public boolean isComplete() {
    return result.isDone();
  }

  /**
   * Adds hosts that owe an answer. May be called several times.
   *
   * @param all whether every host that owes an answer is known now. Until a call says so, the
   *     gathering does not complete, even if all known hosts have answered
   */
  public void expect(Set<HostId> hosts, boolean all) {
    report(
        () -> {
          expecting |= all;
          hosts.forEach(this::part);
        });
  }

  /**
   * A host gave an answer, or a part of it. A {@link Present} adds hosts that owe an answer: the
   * host itself, and the others that it names. If it names the others, all hosts are known then.
   */
  public void answered(HostId host, Answer answer) {
    report(
        () -> {
          if (answer instanceof Present present) {
            take(host, present);
            return;
          }
          if (fits(answer) && part(host).take(answer)) {
            arrived.add(new Arrived(host, answer));
            if (question instanceof Find find && has(answer, find.socket())) {
              found = host;
            }
          }
        });
  }

  private void take(HostId host, Present present) {
    described.put(host, present.host());
    part(host);
    if (present.others() != null) {
      expecting = true;
      present.others().forEach(this::part);
    }
  }

  /**
   * Returns what a host said of itself. Its release is empty and its age is zero if it said
   * nothing.
   */
  public synchronized HostInfo describe(HostId host) {
    return described.getOrDefault(host, new HostInfo(host, "", Duration.ZERO));
  }

  /**
   * The time-out has passed or will pass now. If not every host that owes an answer is known by
   * then, the result lists this id as {@link Reason#UNREACHABLE}.
   */
  public synchronized void othersUnknown(HostId unknown) {
    if (!expecting) {
      cutOff = unknown;
    }
  }

  /** A host has left the cluster. The gathering stops waiting for the rest of the host's answer. */
  public void left(HostId host) {
    report(
        () -> {
          Part part = parts.get(host);
          if (part != null && !part.whole() && part.refused != Reason.UNREACHABLE) {
            part.refused = Reason.LEFT;
          }
        });
  }

  /**
   * The broker did not take the question, or this host may not have received the answers. Each
   * other host whose answer is not complete counts as {@link Reason#UNREACHABLE}. If no other host
   * is known, the asking host itself is listed so, because there may be hosts that it does not know
   * of.
   *
   * @param self the asking host
   */
  public void unreachable(HostId self) {
    report(
        () -> {
          expecting = true;
          parts.forEach(
              (host, part) -> {
                if (!host.equals(self) && !part.settled()) {
                  part.refused = someAcksCameFrom(part) ? Reason.INCOMPLETE : Reason.UNREACHABLE;
                }
              });
          if (parts.keySet().stream().allMatch(self::equals)) {
            cutOff = self;
          }
        });
  }

  /** The time-out has passed: the result completes with the answers so far. */
  public void expire() {
    synchronized (this) {
      ended = true;
    }
    complete.complete(null);
  }

  /** The question could not be asked: the result fails with this cause. */
  public void fail(Throwable cause) {
    synchronized (this) {
      ended = true;
    }
    complete.completeExceptionally(cause);
  }

  private void report(Runnable change) {
    synchronized (this) {
      if (ended) {
        return;
      }
      change.run();
      ended = found != null || (expecting && parts.values().stream().allMatch(Part::settled));
      if (!ended) {
        return;
      }
    }
    complete.complete(null);
  }

  private boolean someAcksCameFrom(Part part) {
    return question instanceof EmitWithAck && part.expected != Part.UNKNOWN;
  }

  private boolean fits(Answer answer) {
    if (answer instanceof Asked || answer instanceof Acked) {
      return question instanceof EmitWithAck;
    }
    return answer instanceof Found
        ? !(question instanceof EmitWithAck || question instanceof ServerEventWithReply)
        : question instanceof ServerEventWithReply;
  }

  private static boolean has(Answer answer, SocketId socket) {
    return answer instanceof Found some
        && some.sockets().stream().anyMatch(each -> each.id().equals(socket));
  }

  private Part part(HostId host) {
    return parts.computeIfAbsent(host, h -> new Part());
  }

  @SuppressWarnings("unchecked") // The type of the answers is that of the question.
  private synchronized A responses() {
    if (question instanceof EmitWithAck) {
      return (A) acks();
    } else if (question instanceof Find) {
      return (A) whereItIs();
    } else if (question instanceof Count) {
      return (A) byHost(answer -> ((Found) answer).count(), (one, other) -> one);
    } else if (question instanceof FetchSockets) {
      return (A) byHost(Gathering::sockets, Gathering::joined);
    }
    return (A) byHost(answer -> ((Replied) answer).answer(), (one, other) -> one);
  }

  private AckResponses<EventPayload> acks() {
    Map<SocketId, EventPayload> answers = new LinkedHashMap<>();
    Map<SocketId, HostId> hosts = new HashMap<>();
    for (Arrived each : arrived) {
      if (each.answer() instanceof Acked acked && acked.answer() != null) {
        answers.put(acked.socket(), acked.answer());
        hosts.put(acked.socket(), each.host());
      }
    }
    return new AckResponses<>(answers, missing(), hosts);
  }

  /**
   * Returns the host that has the socket. An empty result means that no host has it, which is
   * certain only if every host could be asked.
   */
  private Optional<HostId> whereItIs() {
    List<HostId> unreachable = new ArrayList<>();
    missing()
        .forEach(
            (host, missing) -> {
              if (missing.reason() == Reason.UNREACHABLE) {
                unreachable.add(host);
              }
            });
    if (found == null && !unreachable.isEmpty()) {
      throw new BackendUnavailableException(
          "hosts: " + unreachable + " not reached (expected: all can be asked for a socket)",
          Outcome.UNKNOWN,
          null);
    }
    return Optional.ofNullable(found);
  }

  /** Returns the answers of the hosts whose answers are whole. */
  private <T> HostResponses<T> byHost(Function<Answer, T> value, BinaryOperator<T> join) {
    Map<HostId, T> answers = new LinkedHashMap<>();
    for (Arrived each : arrived) {
      if (part(each.host()).whole()) {
        answers.merge(each.host(), value.apply(each.answer()), join);
      }
    }
    return new HostResponses<>(answers, missing());
  }

  private static List<RemoteSocket<EventPayload>> sockets(Answer answer) {
    return new ArrayList<>(((Found) answer).sockets());
  }

  private static List<RemoteSocket<EventPayload>> joined(
      List<RemoteSocket<EventPayload>> some, List<RemoteSocket<EventPayload>> more) {
    some.addAll(more);
    return some;
  }

  private Map<HostId, MissingHost> missing() {
    Map<HostId, MissingHost> missing = new LinkedHashMap<>();
    parts.forEach(
        (host, part) -> {
          if (!part.whole()) {
            missing.put(host, part.missing());
          }
        });
    if (cutOff != null) {
      int acks = question instanceof EmitWithAck ? part(cutOff).answered : 0;
      missing.putIfAbsent(cutOff, new MissingHost(Reason.UNREACHABLE, acks, acks));
    }
    return missing;
  }

  /** The reports of one host so far. All fields are guarded by the gathering. */
  private static final class Part {
    private static final int UNKNOWN = -1;

    /**
     * The clients that answered, left or let the time-out pass, or the indexes of the parts that
     * arrived. A set grows only as parts arrive. An array would let a host that announces billions
     * of parts exhaust the memory.
     */
    private final Set<Object> received = new HashSet<>();

    /** How many clients or parts the host announced; {@link #UNKNOWN} until then. */
    private int expected = UNKNOWN;

    /** How many of the clients or parts in {@link #received} brought an answer. */
    private int answered;

    /** Why the host will send nothing more; null while it may. */
    private @Nullable Reason refused;

    /** Takes an answer. Returns false if the answer holds nothing new for the result. */
    boolean take(Answer answer) {
      if (answer instanceof Asked asked) {
        expected = asked.clients();
        return false;
      } else if (answer instanceof Acked acked) {
        return add(acked.socket(), acked.answer() != null);
      } else if (answer instanceof Found some && some.parts() > 0) {
        if (some.part() >= some.parts() || !add(some.part(), true)) {
          return false;
        }
        expected = some.parts();
        return true;
      } else if (answer instanceof Replied) {
        expected = 1;
        return add(0, true);
      }
      refused = answer instanceof Refused no ? no.reason() : Reason.FAILED;
      return false;
    }

    private boolean add(Object clientOrPart, boolean answers) {
      boolean isNew = received.add(clientOrPart);
      if (isNew && answers) {
        answered++;
      }
      return isNew;
    }

    /** Returns whether everything that the host announced has come. */
    boolean whole() {
      return expected != UNKNOWN && answered >= expected;
    }

    /** Returns whether nothing more will come from the host. */
    boolean settled() {
      return refused != null || (expected != UNKNOWN && received.size() >= expected);
    }

    MissingHost missing() {
      Reason reason = refused;
      if (reason == null) {
        reason = expected == UNKNOWN ? Reason.TIMED_OUT : Reason.INCOMPLETE;
      }
      return new MissingHost(reason, answered, Math.max(expected, 0));
    }
  }
}
