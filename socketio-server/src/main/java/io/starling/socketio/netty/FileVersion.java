package io.starling.socketio.netty;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The length of a file and the time of its last change. Together they tell whether a file is still
 * the version that a client has in its cache.
 *
 * @param bytes the length of the file
 * @param changed the time of the last change
 */
record FileVersion(long bytes, Instant changed) {
  static FileVersion of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileVersion(attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  /**
   * The entity tag of this version. It is a weak tag, because the same file may be sent in several
   * content codings.
   */
  String tag() {
    return "W/\"%x-%x\"".formatted(bytes, changed.toEpochMilli());
  }

  /**
   * Adds {@code ETag} and {@code Last-Modified}, by which the client can ask later whether the file
   * has changed.
   */
  void describe(HttpHeaders response) {
    response.set(HttpHeaderNames.ETAG, tag());
    response.set(HttpHeaderNames.LAST_MODIFIED, DateFormatter.format(Date.from(changed)));
  }

  /**
   * Whether the client has this version already, as its {@code If-None-Match} or else its {@code
   * If-Modified-Since} says; see RFC 9110, section 13.2.2.
   */
  boolean knownTo(HttpHeaders request) {
    if (request.contains(HttpHeaderNames.IF_NONE_MATCH)) {
      return request.getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
          .flatMap(field -> Stream.of(field.split(",", -1)))
          .map(String::strip)
          .anyMatch(tag -> tag.equals("*") || opaque(tag).equals(opaque(tag())));
    }
    Date since = date(request.get(HttpHeaderNames.IF_MODIFIED_SINCE, ""));
    return since != null && !changed.truncatedTo(ChronoUnit.SECONDS).isAfter(since.toInstant());
  }

  /** Parses a date. Returns null for other texts; Netty refuses long ones by an exception. */
  private static @Nullable Date date(String text) {
    try {
      return DateFormatter.parseHttpDate(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * The tag without the mark of weak tags: {@code If-None-Match} ignores it (RFC 9110, section
   * 8.8.3.2).
   */
  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
