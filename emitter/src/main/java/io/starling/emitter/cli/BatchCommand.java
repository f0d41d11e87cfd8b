package io.starling.emitter.cli;

import io.starling.emitter.cli.BatchSummary.End;
import io.starling.manager.PromptExecutor;
import io.starling.manager.pubsub.PubSubPublisher;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batch}: sends an event for each line of files or of the standard input. */
@Command(
    name = "batch",
    header = "Sends an event for each line of a file or of the standard input, in order.",
    description = {
      "",
      "Without --csv, --text or --json each line is a JSON object:",
      "",
      "  {\"event\":\"price\",\"args\":[{\"eur\":4.2}],\"rooms\":[\"news\"],\"except\":[],\"namespace\":\"/\"}",
      "",
      "A line may leave out all but the event; --event, --room, --except and --namespace say what"
          + " holds then. Without rooms the event goes to everybody in the namespace.",
      "A line that cannot be used is reported as \"line N: reason\" and left out. Files may be"
          + " packed with gzip. Empty lines are left out. Text is UTF-8.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Every line was sent, and received by a server where the broker tells that. Whether clients are in the room is not told; a watch counts as a server.",
      "1:Some lines are bad, failed or were received by no server, or the input ended badly.",
      "2:The command line makes no sense, or does not fit the input or its header.",
      "3:The broker stayed away for longer than --wait, and the rest was not sent.",
      "130, 143:Ended by Ctrl-C or by SIGTERM."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  export STARLING_MANAGER=redis://localhost",
      "  A CSV file to a room, each row as an object with the names of the header:",
      "    emitter batch --csv --event price --room news prices.csv",
      "  The same with chosen columns; :json makes a number of the cell:",
      "    emitter batch --csv --template '{\"event\":\"price\",\"rooms\":[\"$${shop}\"],\"args\":[{\"name\":\"$${name}\",\"eur\":\"$${eur:json}\"}]}' prices.csv",
      "  Each line of a log as a text:",
      "    tail -f app.log | emitter batch --text --event log --room admins",
      "  Each row of a query as a JSON value:",
      "    psql -At -c 'select row_to_json(t) from t' | emitter batch --json --event row",
      "  A file that may be interrupted and gone on with:",
      "    emitter batch --checkpoint at.json events.ndjson.gz",
      "    emitter batch --resume at.json events.ndjson.gz",
      "  The same, and no line arrives twice:",
      "    emitter batch --checkpoint at.json --job prices events.ndjson.gz",
      "    emitter batch --resume at.json events.ndjson.gz"
    })
final class BatchCommand implements Callable<Integer> {
  private static final long OUTBOX_SECONDS = Duration.ofDays(365).toSeconds();
  private static final long OUTBOX_BYTES = 8L << 20;
  private static final Pattern OWN_PARAMETER =
      Pattern.compile("(outbox-seconds|outbox-bytes|keep-trying)=.*");

  private final RootCommand root;
  private boolean reported;

  @Mixin private BatchMeaning meaning = new BatchMeaning();

  @Option(
      names = "--on-bad-line",
      paramLabel = "skip|fail",
      defaultValue = "skip",
      description = "What to do after a line that cannot be used. Default: ${DEFAULT-VALUE}.")
  private OnBadLine onBadLine = OnBadLine.SKIP;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description =
          "How long to wait for a broker that is away, such as 30s, 5m or 2h. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration wait = Duration.ofMinutes(5);

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "At most so many lines per second; 0 for no limit. Default: ${DEFAULT-VALUE}. Brokers do"
              + " not slow a sender down for its receivers.")
  private long rate;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Keeps in this file up to which line the broker has confirmed all.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description =
          "Goes on after the checkpoint in this file, and keeps it up to date; give the same input,"
              + " and the same options that say what lines mean. Without --job, up to "
              + BatchWindow.LINES
              + " lines after the checkpoint may be sent twice; the summary names them.")
  private @Nullable Path resume;

  @Option(
      names = "--job",
      paramLabel = "NAME",
      description =
          "With --checkpoint, which keeps the name: after a --resume no line arrives twice. Servers"
              + " drop what they had before, if they ran all the time and the last line that was"
              + " sent is less than 10 minutes old. Needs files as input.")
  private @Nullable String job;

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description =
          "Also writes the summary, the last line on stderr, to this file as JSON. Its status is null after"
              + " a signal.")
  private @Nullable Path summaryFile;

  @Option(
      names = "--progress",
      paramLabel = "auto|bar|lines|off",
      defaultValue = "auto",
      description = "A bar, or a line each 10 s. Default: a bar if stderr is a terminal.")
  private BatchProgress.Mode progress = BatchProgress.Mode.AUTO;

  @Parameters(
      paramLabel = "FILE",
      description = "The files, one after another; - or none is the standard input.")
  private List<String> files = new ArrayList<>();

  BatchCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    check();
    String url = root.url();
    try (BatchSaves saves = saves();
        BatchInput input = new BatchInput(files, System.in, meaning.csvSeparator())) {
      BatchBroker broker = new BatchBroker(wait);
      BatchProgress told = new BatchProgress(root.err(), progress, broker, totalBytes());
      if (resume != null && saves.isJob() && !saves.isRemembered()) {
        told.say("--resume: the checkpoint is older than 10 minutes; lines may arrive twice");
      }
      PromptExecutor atOnce = Runnable::run;
      PubSubPublisher publisher =
          PubSubPublisher.create(withOutbox(url), saves.origin(), broker, atOnce);
      Batch batch =
          new Batch(
              publisher,
              new Batch.Source(input, meaning.format()),
              new Batch.Terms(wait, rate, onBadLine == OnBadLine.FAIL, tellsNobodyOnly(url), told),
              saves);
      return run(batch, told);
    }
  }

  private int run(Batch batch, BatchProgress told) {
    Thread atSignal = new Thread(() -> atSignal(batch, told), "starling-batch-signal");
    Runtime.getRuntime().addShutdownHook(atSignal);
    try {
      BatchSummary summary = batch.run();
      boolean written = report(summary, told);
      return written ? summary.status() : Math.max(summary.status(), 1);
    } finally {
      remove(atSignal);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending because of a signal, whose status it keeps.
    }
  }

  private void atSignal(Batch batch, BatchProgress told) {
    report(batch.finish(End.SIGNAL), told);
  }

  /**
   * Only the first call has an effect, and later ones wait for that. Returns false when this call
   * could not write the file.
   */
  private synchronized boolean report(BatchSummary summary, BatchProgress told) {
    boolean written = true;
    if (!reported) {
      reported = true;
      try {
        if (summaryFile != null) {
          Files.writeString(summaryFile, summary.json() + "\n");
        }
      } catch (IOException e) {
        written = false;
        told.say("--summary: " + e + " (expected: a file that can be written)");
      }
      told.say(summary.text());
    }
    return written;
  }

  private void check() {
    if (files.isEmpty()) {
      files = List.of(BatchInput.STANDARD_INPUT);
    }
    for (String file : files) {
      if (!file.equals(BatchInput.STANDARD_INPUT) && !isReadable(Path.of(file))) {
        throw root.fault(file + ": not readable (expected: a file)");
      }
    }
    String fault = meaning.fault();
    if (fault != null) {
      throw root.fault(fault);
    }
    if (checkpoint != null && resume != null) {
      throw root.fault("--checkpoint: given with --resume (expected: one of them)");
    }
    if (job != null && checkpoint == null && resume == null) {
      throw root.fault("--job: given alone (expected: with --checkpoint or --resume)");
    }
    if (summaryFile != null && !isFileInFolder(summaryFile.toAbsolutePath())) {
      throw root.fault("--summary: " + summaryFile + " (expected: a file in a folder that exists)");
    }
    if (rate < 0) {
      throw root.fault("--rate: " + rate + " (expected: at least 0)");
    }
  }

  private static boolean isReadable(Path file) {
    return Files.isReadable(file) && !Files.isDirectory(file);
  }

  private static boolean isFileInFolder(Path file) {
    Path folder = file.getParent();
    return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
  }

  private BatchSaves saves() throws IOException {
    if (resume != null) {
      return BatchSaves.resume(resume, meaning.text(), job, files);
    }
    return checkpoint == null
        ? BatchSaves.none()
        : BatchSaves.start(checkpoint, meaning.text(), job, files);
  }

  /** The size of the input, or 0 when it is not known. */
  private long totalBytes() {
    long total = 0;
    for (String file : files) {
      long size = size(file);
      if (size == 0) {
        return 0;
      }
      total += size;
    }
    return total;
  }

  private static long size(String file) {
    try {
      return file.equals(BatchInput.STANDARD_INPUT)
          ? new FileInputStream(FileDescriptor.in).getChannel().size()
          : Files.size(Path.of(file));
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * The URL with an outbox from which nothing expires, because a line that expired in front of
   * later ones would break the order. The batch itself watches the time.
   */
  static String withOutbox(String url) {
    int query = url.indexOf('?');
    Stream<String> given =
        query < 0 ? Stream.of() : Stream.of(url.substring(query + 1).split("&", -1));
    Stream<String> kept = given.filter(each -> !OWN_PARAMETER.matcher(each).matches());
    Stream<String> own =
        Stream.of(
            "outbox-seconds=" + OUTBOX_SECONDS, "outbox-bytes=" + OUTBOX_BYTES, "keep-trying=true");
    return (query < 0 ? url : url.substring(0, query))
        + "?"
        + String.join("&", Stream.concat(kept, own).filter(each -> !each.isEmpty()).toList());
  }

  /** RabbitMQ returns a message that no queue took, and does not count the queues. */
  static boolean tellsNobodyOnly(String url) {
    return url.regionMatches(true, 0, "amqp", 0, 4);
  }

  /** What to do after a line that cannot be used. */
  enum OnBadLine {
    SKIP,
    FAIL
  }
}
