package io.starling.emitter.cli;

import io.starling.emitter.cli.BatchWindow.Counts;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a batch did, to the line.
 *
 * @param end why it ended
 * @param skipped how many lines were skipped because an earlier run had sent them
 * @param lastDone the last line up to which every line is done
 * @param repeated the lines that an earlier run may have sent, too; null if there are none
 */
record BatchSummary(
    Counts counts,
    End end,
    long skipped,
    long lastDone,
    double seconds,
    BatchSummary.@Nullable Lines repeated) {
  /** Why a batch ended. */
  enum End {
    END_OF_INPUT,
    BAD_LINE,
    UNREADABLE_INPUT,
    BROKER_AWAY,
    CHECKPOINT_FAILED,
    ERROR,
    SIGNAL
  }

  /** Consecutive lines, both ends included. */
  record Lines(long from, long to) {
    @Override
    public String toString() {
      return from == to
          ? String.format(Locale.ROOT, "line %d", from)
          : String.format(Locale.ROOT, "lines %d to %d", from, to);
    }
  }

  /** The exit status of the command, except after a signal, which has a status of its own. */
  int status() {
    if (end == End.BROKER_AWAY) {
      return 3;
    }
    boolean all = counts.bad() + counts.failed() + counts.unreceived() == 0;
    return all && end == End.END_OF_INPUT ? 0 : 1;
  }

  /** The lines of which the broker did not say whether they were sent; null if there are none. */
  @Nullable Lines unknown() {
    return counts.unknown() == 0 ? null : new Lines(lastDone + 1, counts.lastUnknown());
  }

  private boolean isReceiptTold() {
    return counts.untold() < counts.sent() || counts.sent() == 0;
  }

  private long linesPerSecond() {
    return Math.round(counts.sent() / Math.max(seconds, 0.001));
  }

  /** The last line on stderr. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "read %d, sent %d, bad %d, failed %d, received by nobody %s, in %.1f s, %d lines/s",
            counts.read(),
            counts.sent(),
            counts.bad(),
            counts.failed(),
            isReceiptTold() ? String.valueOf(counts.unreceived()) : "unknown",
            seconds,
            linesPerSecond()));
    if (skipped > 0) {
      text.append("; skipped ").append(skipped).append(" lines that were done before");
    }
    Lines unknown = unknown();
    if (unknown != null) {
      text.append(
          String.format(
              Locale.ROOT, "; %d of %s may have been sent or not", counts.unknown(), unknown));
    }
    if (repeated != null) {
      text.append("; ").append(repeated).append(" may have been sent twice");
    }
    return text.toString();
  }

  /** The same as JSON. */
  String json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("end", end.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("status", end == End.SIGNAL ? null : status());
    json.put("read", counts.read());
    json.put("sent", counts.sent());
    json.put("bad", counts.bad());
    json.put("failed", counts.failed());
    json.put("failedUnknown", counts.unknown());
    json.put("receivedByNobody", isReceiptTold() ? counts.unreceived() : null);
    json.put("skipped", skipped);
    json.put("lastDone", lastDone);
    json.put("seconds", seconds);
    json.put("linesPerSecond", linesPerSecond());
    json.set("unknownLines", json(unknown()));
    json.set("repeatedLines", json(repeated));
    return json.toPrettyString();
  }

  private static JsonNode json(@Nullable Lines lines) {
    if (lines == null) {
      return JsonNodeFactory.instance.nullNode();
    }
    return JsonNodeFactory.instance.objectNode().put("from", lines.from()).put("to", lines.to());
  }
}
