package io.starling.emitter.cli;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the checkpoint file of a batch holds: the last line up to which the broker has confirmed
 * every line, and what is needed to go on after it.
 *
 * @param version the layout of the file
 * @param line how many lines of the input are done
 * @param bytes how many bytes these lines have, unpacked
 * @param digest tells whether an input begins with the same lines
 * @param number how many messages these lines became; the number of the last of them on the bus
 * @param sentUpTo no line after this one was sent
 * @param complete whether the whole input is done
 * @param savedAtMillis when the number was saved first, by the clock of the machine: receivers
 *     remember a job for some time after its last message, and a resume that sent nothing adds none
 * @param options the options that change what lines mean
 * @param job the name of the job, the id on the bus and the digest of the input; null without a job
 */
record Checkpoint(
    int version,
    long line,
    long bytes,
    long digest,
    long number,
    long sentUpTo,
    boolean complete,
    long savedAtMillis,
    String options,
    @Nullable Job job) {
  private static final int VERSION = 1;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  /**
   * A run that receivers can recognise.
   *
   * @param origin the id on the bus, the same before and after a resume
   * @param input the digest of the whole input
   */
  record Job(String name, String origin, String input) {}

  /** The checkpoint before the first line. */
  static Checkpoint start(String options, @Nullable Job job) {
    return new Checkpoint(VERSION, 0, 0, 0, 0, 0, false, System.currentTimeMillis(), options, job);
  }

  /** The same batch at another place. */
  Checkpoint at(BatchInput.Position position, long newNumber, long newSentUpTo, boolean done) {
    return new Checkpoint(
        VERSION,
        position.line(),
        position.bytes(),
        position.digest(),
        newNumber,
        newSentUpTo,
        done,
        newNumber == number ? savedAtMillis : System.currentTimeMillis(),
        options,
        job);
  }

  BatchInput.Position position() {
    return new BatchInput.Position(line, bytes, digest);
  }

  /**
   * The file of a checkpoint, which one process at a time may use. The lock is on a second file of
   * the same name with {@code .lock} at its end, because the first one is replaced at each save.
   * The system frees the lock when the process ends in whatever way.
   */
  static final class Store implements AutoCloseable {
    private final Path file;
    private final FileChannel lock;

    private Store(Path file, FileChannel lock) {
      this.file = file;
      this.lock = lock;
    }

    /**
     * Locks a checkpoint file, which need not exist yet.
     *
     * @throws IllegalArgumentException when another process uses the file
     */
    static Store open(Path given) throws IOException {
      Path file = given.toAbsolutePath();
      FileChannel lock =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!isLocked(lock)) {
        lock.close();
        throw new IllegalArgumentException(
            given + ": in use by another process (expected: one batch at a time)");
      }
      return new Store(file, lock);
    }

    private static boolean isLocked(FileChannel lock) throws IOException {
      try {
        return lock.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        return false;
      }
    }

    /**
     * Reads the file. Returns null when there is none.
     *
     * @throws IllegalArgumentException when the file is no checkpoint
     */
    @Nullable Checkpoint load() throws IOException {
      if (!Files.exists(file)) {
        return null;
      }
      try {
        Checkpoint read = MAPPER.readValue(Files.readString(file), Checkpoint.class);
        if (read.version() == VERSION && read.options() != null) {
          return read;
        }
      } catch (JacksonException e) {
        throw new IllegalArgumentException(file + ": unreadable (expected: a checkpoint)", e);
      }
      throw new IllegalArgumentException(
          file + ": unreadable (expected: a checkpoint of version 1)");
    }

    /**
     * Replaces the file. Whenever the process or the machine stops, the file holds either the
     * former checkpoint or this one. Blocks until the disk has it.
     */
    void save(Checkpoint checkpoint) throws IOException {
      Path written = file.resolveSibling(file.getFileName() + ".new");
      try (FileChannel channel =
          FileChannel.open(
              written,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer text =
            ByteBuffer.wrap(
                (MAPPER.writeValueAsString(checkpoint) + "\n").getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
          channel.write(text);
        }
        channel.force(true);
      }
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory();
    }

    /** Makes the new name durable. Windows cannot open directories, and needs no such thing. */
    private void syncDirectory() throws IOException {
      Path directory = file.getParent();
      if (directory != null && File.separatorChar == '/') {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }

    @Override
    public void close() throws IOException {
      lock.close();
    }
  }
}
