package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/** What tells a file from what it was before: how long it is, and when it was changed. */
record FileVersion(long bytes, Instant changed) {
  static FileVersion of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileVersion(attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  /** Weak: the same file is sent in several codings. */
  String tag() {
    return "W/\"%x-%x\"".formatted(bytes, changed.toEpochMilli());
  }

  /** Adds the fields by which a client recognises the file. */
  void describe(HttpHeaders response) {
    response.set(HttpHeaderNames.ETAG, tag());
    response.set(HttpHeaderNames.LAST_MODIFIED, HttpDate.format(changed));
  }

  /** Whether the client has this version already; see RFC 9110, section 13.2.2. */
  boolean knownTo(HttpHeaders request) {
    if (request.contains(HttpHeaderNames.IF_NONE_MATCH)) {
      return request.getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
          .flatMap(field -> Stream.of(field.split(",", -1)))
          .map(String::strip)
          .anyMatch(tag -> tag.equals("*") || opaque(tag).equals(opaque(tag())));
    }
    return HttpDate.parse(request.get(HttpHeaderNames.IF_MODIFIED_SINCE, ""))
        .filter(since -> !changed.truncatedTo(ChronoUnit.SECONDS).isAfter(since))
        .isPresent();
  }

  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
