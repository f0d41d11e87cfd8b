package io.starling.emitter.cli;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of files, one file after another, as if they were one input. Memory is bounded: a
 * line of more than {@link #MAX_LINE_BYTES} is skipped and reported. A file that begins with the
 * magic bytes of gzip is unpacked. Each line is decoded as UTF-8 on its own, so that bytes that are
 * no UTF-8 spoil one line only. Not safe for threads.
 *
 * <p>With a separator of CSV cells the input is read as rows: a quoted cell may contain line ends.
 */
final class BatchInput implements Closeable {
  /**
   * The longest line. A broker message holds less. Parsed, a line may take 50 times as much memory,
   * and a heap of 64 MiB must do.
   */
  static final int MAX_LINE_BYTES = 1_150_000;

  /** The name of the standard input on the command line. */
  static final String STANDARD_INPUT = "-";

  private static final int ENDED = -1;
  private static final int TOO_LONG = -2;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final List<String> files;
  private final InputStream standardInput;
  private final int separator;
  private final CRC32 crc = new CRC32();
  private final CRC32C crc32c = new CRC32C();
  private final byte[] buffer = new byte[1 << 16];
  private byte[] line = new byte[1 << 10];

  private int nextFile;
  private @Nullable InputStream open;
  private String name = "";
  private int from;
  private int to;

  /** How many bytes were read of the files, packed as they are. Read by the progress bar. */
  private final AtomicLong packedBytes = new AtomicLong();

  private long number;
  private long numberInFile;
  private long bytes;

  /**
   * Opens nothing yet.
   *
   * @param files {@link #STANDARD_INPUT} stands for the standard input
   * @param separator the character between CSV cells, or −1 if the input is no CSV
   */
  BatchInput(List<String> files, InputStream standardInput, int separator) {
    this.files = files;
    this.standardInput = standardInput;
    this.separator = separator;
  }

  /**
   * A line, or the lines of a CSV row.
   *
   * @param where names the line in messages; with several files also the file
   * @param text without the line end
   * @param first whether this is the first line of a file
   * @param fault why the line cannot be used; null if it can
   */
  record Line(String where, String text, boolean first, @Nullable String fault) {}

  /** How far the input was read: after a number of lines, of this many bytes, of this content. */
  record Position(long line, long bytes, long digest) {}

  Position position() {
    return new Position(number, bytes, crc.getValue() << 32 | crc32c.getValue());
  }

  /** How many bytes were read of the files, packed as they are. Any thread. */
  long packedBytes() {
    return packedBytes.get();
  }

  /** Reads the next line. Returns null at the end of the last file. */
  @Nullable Line next() throws IOException {
    while (true) {
      InputStream source = open == null ? openNext() : open;
      if (source == null) {
        return null;
      }
      long startsAt = numberInFile + 1;
      int length = read(source);
      if (length == ENDED) {
        source.close();
        open = null;
      } else if (length == TOO_LONG) {
        return line(startsAt, "", "more than " + MAX_LINE_BYTES + " bytes (expected: fewer)");
      } else {
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        if (text.indexOf('\ufffd') >= 0 && !isUtf8(length)) {
          return line(startsAt, "", "bytes that are not UTF-8 (expected: text in UTF-8)");
        }
        if (startsAt == 1 && text.startsWith(BYTE_ORDER_MARK)) {
          text = text.substring(1);
        }
        return line(startsAt, text, null);
      }
    }
  }

  private Line line(long at, String text, @Nullable String fault) {
    String lines = numberInFile > at ? "lines " + at + " to " + numberInFile : "line " + at;
    String where = files.size() > 1 ? name + " " + lines : lines;
    return new Line(where, text, at == 1, fault);
  }

  private @Nullable InputStream openNext() throws IOException {
    if (nextFile == files.size()) {
      return null;
    }
    name = files.get(nextFile++);
    numberInFile = 0;
    open = unpacked(name.equals(STANDARD_INPUT) ? standardInput : new FileInputStream(name));
    return open;
  }

  private InputStream unpacked(InputStream raw) throws IOException {
    BufferedInputStream counted = new BufferedInputStream(new Counted(raw), 1 << 16);
    counted.mark(2);
    int magic = counted.read() << 8 | counted.read();
    counted.reset();
    return magic == GZIP_MAGIC ? new Members(new Patient(counted)) : counted;
  }

  /** Reads one line, or one CSV row, into {@link #line}. Returns its length without line end. */
  private int read(InputStream source) throws IOException {
    Row row = new Row(separator);
    int length = 0;
    boolean some = false;
    while (true) {
      if (from == to) {
        from = 0;
        to = Math.max(0, source.read(buffer));
        if (to == 0) {
          return some ? ended(length) : ENDED;
        }
      }
      some = true;
      int end = from;
      boolean complete = false;
      while (end < to && !complete) {
        byte next = buffer[end++];
        boolean newline = next == '\n';
        numberInFile += newline ? 1 : 0;
        number += newline ? 1 : 0;
        complete = row.endsAt(next) || (newline && length > MAX_LINE_BYTES);
      }
      length = append(length, end - (complete ? 1 : 0));
      digest(from, end);
      from = end;
      if (complete) {
        return length > MAX_LINE_BYTES ? TOO_LONG : withoutReturn(length);
      }
    }
  }

  /** The file has ended without a line end, which is added. */
  private int ended(int length) {
    number++;
    numberInFile++;
    buffer[0] = '\n';
    digest(0, 1);
    return length > MAX_LINE_BYTES ? TOO_LONG : withoutReturn(length);
  }

  private void digest(int start, int end) {
    crc.update(buffer, start, end - start);
    crc32c.update(buffer, start, end - start);
    bytes += end - start;
  }

  /** Adds bytes of the buffer to the line. Of a line that is too long the rest is left out. */
  private int append(int length, int end) {
    int more = end - from;
    if (length > MAX_LINE_BYTES || length + more > MAX_LINE_BYTES) {
      return MAX_LINE_BYTES + 1;
    }
    if (length + more > line.length) {
      line =
          Arrays.copyOf(line, Math.max(length + more, Math.min(2 * line.length, MAX_LINE_BYTES)));
    }
    System.arraycopy(buffer, from, line, length, more);
    return length + more;
  }

  private int withoutReturn(int length) {
    return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
  }

  private boolean isUtf8(int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }

  /** Finds the end of a line, or with a separator the end of a CSV row (RFC 4180). */
  private static final class Row {
    private final int separator;
    private boolean quoted;
    private boolean atCellStart = true;

    /** Whether the byte before ended a quoted cell, or is the first of a doubled quote. */
    private boolean closed;

    Row(int separator) {
      this.separator = separator;
    }

    /** Whether the row ends with this byte. A quote inside a quoted cell is doubled. */
    boolean endsAt(byte next) {
      if (separator < 0) {
        return next == '\n';
      }
      if (next == '"' && (quoted || atCellStart || closed)) {
        closed = quoted;
        quoted = !quoted;
      } else if (!quoted) {
        closed = false;
      }
      atCellStart = !quoted && next == separator;
      return !quoted && next == '\n';
    }
  }

  /** Counts the bytes that are read of the files. */
  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      packedBytes.addAndGet(Math.max(0, count));
      return count;
    }
  }

  /**
   * Unpacks the members of a gzip file, and refuses bytes between or after them. GZIPInputStream
   * would take these for the end.
   */
  private static final class Members extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;
    private final Patient packed;

    /** How many bytes had been read when the buffer was filled last. */
    private long filledAt;

    Members(Patient packed) throws IOException {
      super(packed, 1 << 16);
      this.packed = packed;
    }

    @Override
    protected void fill() throws IOException {
      super.fill();
      filledAt = packed.count;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      if (count < 0 && inf.getRemaining() + packed.count - filledAt != TRAILER_BYTES) {
        throw new ZipException(
            "other bytes after a gzip member (expected: another gzip member or the end)");
      }
      return count;
    }
  }

  /**
   * Never says that nothing is available, as a pipe does when its writer is slow. GZIPInputStream
   * would take that for the end and leave out the further members of the file.
   */
  private static final class Patient extends FilterInputStream {
    private long count;

    Patient(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public int available() {
      return 1;
    }
  }
}
