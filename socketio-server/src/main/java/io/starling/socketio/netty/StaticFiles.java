package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.http.StaticFilesConfig.Rule;
import io.starling.socketio.transport.CompressionThreshold;
import io.starling.socketio.transport.TransportConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Serves static files under the paths of rules. Whatever a URL says, only files below the directory
 * of the rule are served, also after symbolic links were followed. Requests without such a file go
 * to {@link OtherRequests}. All work on the file system runs on an executor of its own.
 */
final class StaticFiles {
  private static final Logger LOG = LoggerFactory.getLogger(StaticFiles.class);

  /**
   * The size of the largest text that is compressed. Compression needs the whole text in memory;
   * larger texts are sent uncompressed in chunks.
   */
  private static final long MAX_TEXT_BYTES = 1 << 20;

  /**
   * How many requests may wait for the thread that reads files. Further requests for files are
   * refused with status 503.
   */
  private static final int MAX_WAITING = 1000;

  private final StaticFilesConfig config;
  private final ContentTypes types;
  private final DefaultEventExecutor files;
  private final CompressionThreshold compression;
  private final OtherRequests others;

  StaticFiles(
      StaticFilesConfig config,
      TransportConfig transport,
      DefaultEventExecutor files,
      OtherRequests others) {
    this.config = config;
    this.types = new ContentTypes(config.contentTypes());
    this.files = files;
    this.compression = transport.httpCompression();
    this.others = others;
  }

  /**
   * Takes the head of a request to which a rule applies.
   *
   * @param rest the part of the requested path behind the path of the rule; begins with a slash
   *     unless it is empty
   */
  HttpHandler.Body begin(HttpExchange exchange, Rule rule, String rest) {
    if (!reads(exchange) && others.areServed()) {
      return others.begin(exchange);
    }
    return others.collect(
        exchange,
        body -> {
          try {
            if (files.pendingTasks() < MAX_WAITING) {
              files.execute(() -> serveSafely(exchange, rule, rest, body));
              return;
            }
          } catch (RejectedExecutionException e) {
            // The server is closing.
          }
          exchange.respond(HttpResponseStatus.SERVICE_UNAVAILABLE);
        });
  }

  /** Serves the request. The executor would end with a task that throws. */
  private void serveSafely(HttpExchange exchange, Rule rule, String rest, byte[] body) {
    try {
      serve(exchange, rule, rest, body);
    } catch (Throwable e) {
      LOG.atLevel(e instanceof IOException ? Level.DEBUG : Level.ERROR)
          .setCause(e)
          .log("A static file could not be served");
      exchange.responseHeaders().clear(); // They may describe the file.
      exchange.respond(HttpResponseStatus.INTERNAL_SERVER_ERROR);
    }
  }

  private static boolean reads(HttpExchange exchange) {
    return exchange.method().equals("GET") || exchange.method().equals("HEAD");
  }

  private void serve(HttpExchange exchange, Rule rule, String rest, byte[] body)
      throws IOException {
    Path file = locate(rule, rest, exchange.path().endsWith("/"));
    if (file == null) {
      others.answer(exchange, body);
    } else if (!reads(exchange)) {
      exchange.responseHeaders().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      exchange.respond(HttpResponseStatus.METHOD_NOT_ALLOWED);
    } else if (Files.isDirectory(file)) {
      exchange.responseHeaders().set(HttpHeaderNames.LOCATION, exchange.rawPath() + "/");
      exchange.respond(HttpResponseStatus.MOVED_PERMANENTLY);
    } else {
      send(exchange, rule, file);
    }
  }

  /**
   * Returns what the path stands for: a readable file; a directory with a default document, if the
   * path lacks its last slash; or null. For a directory the client is redirected to the path with
   * the slash.
   */
  private @Nullable Path locate(Rule rule, String rest, boolean slash) {
    try {
      Path root = rule.root().toRealPath();
      Path file = resolve(root, rest).toRealPath();
      if (!Files.isDirectory(file)) {
        return !rest.endsWith("/") && servable(file, root) ? file : null;
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

  private void send(HttpExchange exchange, Rule rule, Path file) throws IOException {
    FileVersion version = FileVersion.of(file);
    String type = rule.contentType().orElseGet(() -> types.of(String.valueOf(file.getFileName())));
    HttpHeaders headers = exchange.responseHeaders();
    boolean text =
        ContentTypes.shrinks(type)
            && compression.reachedBy(version.bytes())
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
      exchange.respond(compression, type, content, null);
    } else {
      FileChannel content = FileChannel.open(file);
      describe(version, headers);
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
      FileResponse.send(exchange, content, files);
    }
  }

  private void describe(FileVersion version, HttpHeaders headers) {
    version.describe(headers);
    headers.set(HttpHeaderNames.CACHE_CONTROL, config.cacheControl());
    headers.set("X-Content-Type-Options", "nosniff");
  }
}
