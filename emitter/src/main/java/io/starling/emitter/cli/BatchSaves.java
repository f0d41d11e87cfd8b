package io.starling.emitter.cli;

import io.starling.emitter.cli.BatchSummary.Lines;
import io.starling.emitter.cli.BatchWindow.Place;
import io.starling.emitter.cli.Checkpoint.Job;
import io.starling.manager.HostId;
import io.starling.manager.pubsub.PubSubOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch begins and what it saves of its place: the rules of {@code --checkpoint}, {@code
 * --resume} and {@code --job}. Safe for any thread.
 */
final class BatchSaves implements AutoCloseable {
  /** Receivers remember an id on the bus for 10 minutes; a little less, because frames travel. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10).minusSeconds(10);

  private static final int ORIGIN_CHARACTERS = 20;

  private final Checkpoint.@Nullable Store store;
  private final Checkpoint from;

  /** Guarded by this. */
  private Checkpoint last;

  /** When the first message after {@link #from} was saved, in milliseconds; 0 before that. */
  private long firstSentMillis;

  private BatchSaves(Checkpoint.@Nullable Store store, Checkpoint from) {
    this.store = store;
    this.from = from;
    this.last = from;
  }

  /** A batch that keeps no checkpoint. */
  static BatchSaves none() {
    return new BatchSaves(null, Checkpoint.start("", null));
  }

  /**
   * A batch that begins with the first line. The checkpoint file exists when this returns.
   *
   * @param options the options that change what lines mean
   * @param job the name of the job, or null
   * @param files the input; a job needs regular files, not pipes
   * @throws IllegalArgumentException when the file holds an unfinished batch, or for a job whose
   *     input is no regular file
   */
  static BatchSaves start(Path file, String options, @Nullable String job, List<String> files)
      throws IOException {
    if (job != null) {
      checkRegular(files);
    }
    return locked(
        file,
        store -> {
          Checkpoint former = store.load();
          if (former != null && !former.complete()) {
            throw new IllegalArgumentException(
                "--checkpoint: %s holds a batch that stopped after line %d (expected: --resume %s to go on, or another file)"
                    .formatted(file, former.line(), file));
          }
          BatchSaves saves =
              new BatchSaves(
                  store, Checkpoint.start(options, job == null ? null : job(job, files)));
          saves.save(new Place(saves.from.position(), 0), BatchWindow.LINES, false);
          return saves;
        });
  }

  /**
   * A batch that goes on after a checkpoint.
   *
   * @throws IllegalArgumentException when there is no checkpoint, or it is one of other options, of
   *     another job, or of a job with another input
   */
  static BatchSaves resume(Path file, String options, @Nullable String job, List<String> files)
      throws IOException {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          "--resume: " + file + " (expected: a file that --checkpoint wrote)");
    }
    return locked(
        file,
        store -> {
          Checkpoint former = store.load();
          if (former == null) {
            throw new IllegalArgumentException("--resume: " + file + " is gone (expected: a file)");
          }
          check(former, options, job, files);
          return new BatchSaves(store, former);
        });
  }

  private static void check(
      Checkpoint former, String options, @Nullable String job, List<String> files)
      throws IOException {
    if (!former.options().equals(options)) {
      throw new IllegalArgumentException(
          "--resume: %s (expected: the options of before, %s)"
              .formatted(options, former.options()));
    }
    Job known = former.job();
    if (job != null && (known == null || !known.name().equals(job))) {
      throw new IllegalArgumentException(
          "--job: %s (expected: %s)"
              .formatted(job, known == null ? "none, as before" : known.name() + ", as before"));
    }
    if (known != null && !known.input().equals(digest(files))) {
      throw new IllegalArgumentException(
          "--resume: another input (expected: the files of before, unchanged)");
    }
  }

  private interface Opening {
    BatchSaves open(Checkpoint.Store store) throws IOException;
  }

  private static BatchSaves locked(Path file, Opening opening) throws IOException {
    Checkpoint.Store store = Checkpoint.Store.open(file);
    try {
      return opening.open(store);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * Makes an id on the bus of the name, the input and this start. With the start, the same job may
   * run twice within 10 minutes, and receivers take the second run for what it is.
   */
  private static Job job(String name, List<String> files) throws IOException {
    String input = digest(files);
    MessageDigest hash = sha256();
    for (String part : List.of(name, input, UUID.randomUUID().toString())) {
      hash.update(part.getBytes(StandardCharsets.UTF_8));
      hash.update((byte) 0);
    }
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(hash.digest());
    return new Job(name, id.substring(0, ORIGIN_CHARACTERS), input);
  }

  /**
   * The digest of the whole input.
   *
   * @throws IllegalArgumentException for a pipe or another input that can be read only once
   */
  private static String digest(List<String> files) throws IOException {
    checkRegular(files);
    MessageDigest hash = sha256();
    byte[] buffer = new byte[1 << 16];
    for (String file : files) {
      try (InputStream input = Files.newInputStream(Path.of(file))) {
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
          hash.update(buffer, 0, count);
        }
      }
      hash.update(Long.toString(Files.size(Path.of(file))).getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  private static void checkRegular(List<String> files) {
    for (String file : files) {
      if (file.equals(BatchInput.STANDARD_INPUT) || !Files.isRegularFile(Path.of(file))) {
        throw new IllegalArgumentException(
            "--job: " + file + " (expected: a regular file, which can be read again)");
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The id on the bus, and the number after which the messages go on. */
  PubSubOrigin origin() {
    Job job = from.job();
    return job == null
        ? PubSubOrigin.random()
        : new PubSubOrigin(new HostId(job.origin()), from.number());
  }

  /** Whether receivers recognise lines that are sent again. */
  boolean isJob() {
    return from.job() != null;
  }

  /** How many lines are left out because they were sent before. */
  long skipped() {
    return from.line();
  }

  /** What was saved last. */
  synchronized Checkpoint last() {
    return last;
  }

  /**
   * Saves a place, unless it is saved already. Blocks until the disk has it.
   *
   * @param ahead how many lines after this place may have been sent
   * @param complete whether the whole input is done
   */
  synchronized void save(Place place, long ahead, boolean complete) throws IOException {
    // What an earlier run may have sent counts until the place has passed it.
    long sentUpTo = Math.max(place.position().line() + ahead, from.sentUpTo());
    boolean moved = !place.position().equals(last.position());
    if (place.number() != last.number() && firstSentMillis == 0) {
      firstSentMillis = System.currentTimeMillis();
    }
    if (moved || sentUpTo != last.sentUpTo() || complete != last.complete()) {
      Checkpoint next = last.at(place.position(), place.number(), sentUpTo, complete);
      if (store != null) {
        store.save(next);
      }
      last = next;
    }
  }

  /**
   * The lines that were sent now and may have been sent before; null if there are none.
   *
   * @param sentUpTo the last line that was sent now
   */
  synchronized @Nullable Lines repeated(long sentUpTo) {
    long to = Math.min(from.sentUpTo(), sentUpTo);
    return to <= from.line() || isRemembered() ? null : new Lines(from.line() + 1, to);
  }

  /** Whether receivers still know the id of this job when its messages come. */
  synchronized boolean isRemembered() {
    long now = firstSentMillis == 0 ? System.currentTimeMillis() : firstSentMillis;
    return isJob() && now - from.savedAtMillis() <= REMEMBERED.toMillis();
  }

  @Override
  public void close() throws IOException {
    if (store != null) {
      store.close();
    }
  }
}
