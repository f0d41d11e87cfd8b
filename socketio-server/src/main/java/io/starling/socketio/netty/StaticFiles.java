package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.http.StaticFilesConfig.Rule;
import io.starling.socketio.transport.TransportConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Serves static files under the paths of rules. Whatever a URL says, only files below the directory
 * of the rule are served, also after symbolic links were followed. Requests without such a file go
 * to {@link OtherRequests}. All work on the file system runs on the executor.
 */
final class StaticFiles {
  /**
   * The size of the largest text that is compressed. Compression needs the whole text in memory;
   * larger texts are sent uncompressed in chunks.
   */
  private static final long MAX_TEXT_BYTES = 1 << 20;

  private final StaticFilesConfig config;
  private final List<String> prefixes;
  private final ContentTypes types;
  private final Executor executor;
  private final BodyCompression compression;
  private final Duration stallLimit;
  private final OtherRequests others;

  StaticFiles(
      StaticFilesConfig config,
      TransportConfig transport,
      Executor executor,
      OtherRequests others) {
    this.config = config;
    this.prefixes =
        config.rules().keySet().stream()
            .sorted(Comparator.comparingInt(path -> -path.length()))
            .toList();
    this.types = new ContentTypes(config.contentTypes());
    this.executor = executor;
    this.compression = new BodyCompression(transport.httpCompression());
    this.stallLimit = transport.requestTimeout();
    this.others = others;
  }

  /**
   * A rule that applies to a requested path.
   *
   * @param rest the part of the requested path behind the path of the rule; begins with a slash
   *     unless it is empty
   */
  private record Match(Rule rule, String rest) {}

  /**
   * The length of the path of the rule that applies, without a last slash, or -1 if none applies.
   */
  int ruleLength(String path) {
    Match match = match(path);
    return match == null ? -1 : path.length() - match.rest().length();
  }

  /** The handler for a path; empty if no rule applies. */
  Optional<HttpHandler> handler(String path) {
    Match match = match(path);
    return match == null ? Optional.empty() : Optional.of(exchange -> begin(exchange, match));
  }

  private @Nullable Match match(String path) {
    Rule exact = config.rules().get(path);
    if (exact != null) {
      return new Match(exact, "");
    }
    for (String prefix : prefixes) {
      String segments = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
      Rule rule = config.rules().get(prefix);
      if (rule != null && (path.equals(segments) || path.startsWith(segments + "/"))) {
        return new Match(rule, path.substring(segments.length()));
      }
    }
    return null;
  }

  private HttpHandler.Body begin(HttpExchange exchange, Match match) {
    if (!reads(exchange) && others.areServed()) {
      return others.begin(exchange);
    }
    return others.collect(
        exchange,
        body -> {
          try {
            executor.execute(() -> serve(exchange, match, body));
          } catch (RejectedExecutionException e) {
            exchange.respond(HttpResponseStatus.SERVICE_UNAVAILABLE);
          }
        });
  }

  private static boolean reads(HttpExchange exchange) {
    return exchange.method().equals("GET") || exchange.method().equals("HEAD");
  }

  private void serve(HttpExchange exchange, Match match, byte[] body) {
    Path file = locate(match, exchange.path().endsWith("/"));
    if (file == null) {
      others.answer(exchange, body);
    } else if (!reads(exchange)) {
      exchange.responseHeaders().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      exchange.respond(HttpResponseStatus.METHOD_NOT_ALLOWED);
    } else if (Files.isDirectory(file)) {
      exchange.responseHeaders().set(HttpHeaderNames.LOCATION, exchange.rawPath() + "/");
      exchange.respond(HttpResponseStatus.MOVED_PERMANENTLY);
    } else {
      try {
        send(exchange, match, file);
      } catch (IOException e) {
        exchange.respond(HttpResponseStatus.INTERNAL_SERVER_ERROR);
      }
    }
  }

  /**
   * Returns what the path stands for: a readable file; a directory with a default document, if the
   * path lacks its last slash; or null. For a directory the client is redirected to the path with
   * the slash.
   */
  private @Nullable Path locate(Match match, boolean slash) {
    try {
      Path root = match.rule().root().toRealPath();
      Path file = resolve(root, match.rest()).toRealPath();
      if (!Files.isDirectory(file)) {
        return !match.rest().endsWith("/") && servable(file, root) ? file : null;
      }
      Path document = file.resolve(config.defaultDocument()).toRealPath();
      if (!servable(document, root)) {
        return null;
      }
      return slash ? document : file;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }

  private static boolean servable(Path file, Path root) {
    return file.startsWith(root) && Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static Path resolve(Path root, String rest) {
    String relative = rest.startsWith("/") ? rest.substring(1) : rest;
    // Without the leading dot, a path with two slashes would be absolute.
    return relative.isEmpty() ? root : root.resolve("./" + relative);
  }

  private void send(HttpExchange exchange, Match match, Path file) throws IOException {
    FileVersion version = FileVersion.of(file);
    String type =
        match.rule().contentType().orElseGet(() -> types.of(String.valueOf(file.getFileName())));
    HttpHeaders headers = exchange.responseHeaders();
    boolean text =
        ContentTypes.shrinks(type)
            && compression.worthwhile(version.bytes())
            && version.bytes() <= MAX_TEXT_BYTES;
    if (version.knownTo(exchange.requestHeaders())) {
      describe(version, headers);
      if (text) {
        headers.set(HttpHeaderNames.VARY, "Accept-Encoding");
      }
      exchange.respond(HttpResponseStatus.NOT_MODIFIED);
    } else if (text) {
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
      describe(version, headers);
      compression.respond(exchange, type, content, null);
    } else {
      FileChannel content = FileChannel.open(file);
      describe(version, headers);
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
      new FileResponse(exchange, content, executor, stallLimit).start();
    }
  }

  private void describe(FileVersion version, HttpHeaders headers) {
    version.describe(headers);
    headers.set(HttpHeaderNames.CACHE_CONTROL, config.cacheControl());
    headers.set("X-Content-Type-Options", "nosniff");
  }
}
