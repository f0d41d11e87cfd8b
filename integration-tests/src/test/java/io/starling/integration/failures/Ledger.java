package io.starling.integration.failures;

import io.starling.integration.failures.Session.Range;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what was sent, what each client heard, and what the hosts say that is lost. A message is
 * named {@code stream:number}.
 */
final class Ledger {
  /** A client that is connected for so long while an origin sends must hear something of it. */
  private static final long LONG_ENOUGH_MILLIS = 5_000;

  private final long begunMillis;

  /** How many messages each stream has, of the origins that lived to tell. */
  private final Map<String, Integer> sent = new HashMap<>();

  /** When each of these streams ended. */
  private final Map<String, Long> until = new HashMap<>();

  /** What each host counted as missing. */
  private final Map<String, Set<String>> lost = new HashMap<>();

  /** What an origin gave back as not sent. The clients of its own host have it nevertheless. */
  private final Set<String> notSent = new HashSet<>();

  /** How many numbers of killed origins each host counted as missing; nobody can name them. */
  private final Map<String, Long> lostOfKilled = new HashMap<>();

  /** What is missing of killed origins at the clients of each host. */
  private final Map<String, Set<String>> missingOfKilled = new HashMap<>();

  /** The highest number that any client heard of each stream. */
  private final Map<String, Integer> highest = new HashMap<>();

  /** What each client heard of each stream in its earlier connections. */
  private final Map<String, BitSet> earlier = new HashMap<>();

  private final Map<Integer, Integer> away = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final Set<String> missing = new HashSet<>();
  private final Set<String> givenBack = new HashSet<>();
  private int twice;
  private int outOfOrder;
  private int unknown;

  /**
   * Makes an empty one.
   *
   * @param begunMillis when the first origin began to send; a client that was connected before is
   *     owed everything
   */
  Ledger(long begunMillis) {
    this.begunMillis = begunMillis;
  }

  /**
   * The result.
   *
   * @param missing how many messages the clients of each host did not get, added up
   * @param givenBack how many of these the manager gave back to the sender: the stage of the emit
   *     failed as not sent. The others are counted as missing by the host that lacks them
   * @param twice how many deliveries came again
   * @param outOfOrder how many deliveries came after a later one
   * @param unknown how many of the last messages of a killed host some other host lacks. They were
   *     never published, or nobody can tell that host of them
   * @param away how many messages one client missed at most while it was not connected
   * @param faults what nobody reported, what was reported and came all the same, and whatever else
   *     must not be; empty if all is well
   */
  record Verdict(
      int missing,
      int givenBack,
      int twice,
      int outOfOrder,
      int unknown,
      int away,
      List<String> faults) {
    boolean green() {
      return faults.isEmpty() && twice == 0 && outOfOrder == 0;
    }
  }

  /**
   * An origin tells of one of its streams.
   *
   * @param untilMillis when it ended its sending
   */
  void sent(String stream, int count, long untilMillis) {
    sent.put(stream, count);
    until.put(stream, untilMillis);
  }

  void notSent(String message) {
    notSent.add(message);
  }

  /** A host counted these messages of an origin as missing. */
  void lost(String host, Collection<String> messages) {
    lost.computeIfAbsent(host, name -> new HashSet<>()).addAll(messages);
  }

  /** A host counted so many messages of a killed origin as missing. */
  void lostOfKilled(String host, long count) {
    lostOfKilled.merge(host, count, Long::sum);
  }

  /** Judges all sessions of all clients. */
  Verdict judge(List<Session> sessions) {
    for (Session session : sessions) {
      session
          .streams()
          .forEach((stream, heard) -> highest.merge(stream, order(heard).length() - 1, Math::max));
    }
    twice = 0;
    outOfOrder = 0;
    for (Session session : sessions) {
      Set<String> streams = new HashSet<>(sent.keySet());
      streams.addAll(session.streams().keySet());
      for (String stream : streams) {
        if (session.hears(stream)) {
          judge(session, stream);
        } else if (session.streams().containsKey(stream)) {
          fault(session, stream, "is not for it");
        }
      }
    }
    missingOfKilled.forEach(this::compareOfKilled);
    return new Verdict(
        missing.size(),
        givenBack.size(),
        twice,
        outOfOrder,
        unknown,
        away.values().stream().mapToInt(Integer::intValue).max().orElse(0),
        List.copyOf(faults));
  }

  private void judge(Session session, String stream) {
    BitSet seen = order(session.streams().getOrDefault(stream, List.of()));
    compareWithEarlier(session, stream, seen);
    Integer count = sent.get(stream);
    if (count == null) {
      judgeOfKilled(session, stream, seen);
    } else if (session.fromMillis() <= begunMillis) {
      judge(session, stream, seen, 0, count);
    } else if (!seen.isEmpty()) {
      judge(session, stream, seen, seen.nextSetBit(0), count);
    } else if (session.open()
        && session.fromMillis() + LONG_ENOUGH_MILLIS < until.getOrDefault(stream, 0L)) {
      fault(session, stream, "nothing came");
    }
  }

  /** A client that connects again misses what was sent meanwhile, and must not hear it twice. */
  private void compareWithEarlier(Session session, String stream, BitSet seen) {
    BitSet before = earlier.computeIfAbsent(session.client() + " " + stream, made -> new BitSet());
    BitSet again = (BitSet) before.clone();
    again.and(seen);
    twice += again.cardinality();
    if (!before.isEmpty() && !seen.isEmpty()) {
      int between = seen.nextSetBit(0) - before.length();
      outOfOrder += between < 0 && again.isEmpty() ? 1 : 0;
      away.merge(session.client(), Math.max(0, between), Integer::sum);
    }
    before.or(seen);
  }

  private void judge(Session session, String stream, BitSet seen, int first, int count) {
    Set<String> reported = lost.getOrDefault(session.host(), Set.of());
    int end = session.open() ? count : seen.length();
    for (int number = first; number < end; number++) {
      String message = stream + ":" + number;
      boolean back = isNotSentTo(session, stream, message);
      boolean explained = back || reported.contains(message);
      if (!seen.get(number)) {
        missing.add(session.host() + " " + message);
        if (back) {
          givenBack.add(session.host() + " " + message);
        } else if (!explained) {
          fault(session, stream, number + " is missing, and nobody says so");
        }
      } else if (explained) {
        fault(session, stream, number + " came, and is counted as lost");
      }
    }
  }

  /** How many messages a killed origin sent is not known: only holes can be seen. */
  private void judgeOfKilled(Session session, String stream, BitSet seen) {
    for (int number = seen.nextClearBit(seen.nextSetBit(0));
        number < seen.length();
        number = seen.nextClearBit(number + 1)) {
      missing.add(session.host() + " " + stream + ":" + number);
      missingOfKilled
          .computeIfAbsent(session.host(), name -> new HashSet<>())
          .add(stream + ":" + number);
    }
    if (session.open()) {
      unknown = Math.max(unknown, highest.getOrDefault(stream, 0) - seen.length() + 1);
    }
  }

  private void compareOfKilled(String host, Set<String> messages) {
    long reported = lostOfKilled.getOrDefault(host, 0L);
    if (messages.size() > reported) {
      faults.add(
          "%s lacks %d messages of a killed host and counts %d"
              .formatted(host, messages.size(), reported));
    }
  }

  private boolean isNotSentTo(Session session, String stream, String message) {
    return notSent.contains(message) && !stream.startsWith(session.host() + "-");
  }

  /** Counts what came twice or too late; gives what came. */
  private BitSet order(List<Range> heard) {
    BitSet seen = new BitSet();
    for (Range range : heard) {
      for (int number = range.from(); number <= range.to(); number++) {
        if (seen.get(number)) {
          twice++;
        } else if (number < seen.length() - 1) {
          outOfOrder++;
        }
        seen.set(number);
      }
    }
    return seen;
  }

  private void fault(Session session, String stream, String what) {
    faults.add("client %d on %s: %s: %s".formatted(session.client(), session.host(), stream, what));
  }
}
