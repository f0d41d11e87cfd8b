package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/**
 * Files under URL prefixes. Whatever a URL says, only files below the directory of its prefix are
 * served, after symbolic links were followed. All file system work runs on the executor.
 */
final class StaticFiles {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=UTF-8"),
          Map.entry("css", "text/css; charset=UTF-8"),
          Map.entry("js", "text/javascript; charset=UTF-8"),
          Map.entry("mjs", "text/javascript; charset=UTF-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("txt", "text/plain; charset=UTF-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("wasm", "application/wasm"));

  /** What shrinks; the other types are compressed already. */
  private static final Set<String> TEXTS =
      TYPES.values().stream()
          .filter(type -> type.matches("text/.*|application/json|image/svg.*|application/wasm"))
          .collect(Collectors.toUnmodifiableSet());

  /** Larger texts are sent as they are, so that they need not be in memory. */
  private static final long MAX_TEXT_BYTES = 1 << 20;

  private final List<Map.Entry<String, Path>> roots;
  private final Executor executor;
  private final BodyCompression compression;

  StaticFiles(Map<String, Path> roots, Executor executor, BodyCompression compression) {
    this.roots =
        roots.entrySet().stream()
            .sorted(Comparator.comparingInt(root -> -root.getKey().length()))
            .toList();
    this.executor = executor;
    this.compression = compression;
  }

  /** The handler for a path; empty when no prefix fits. */
  Optional<HttpHandler> handler(String path) {
    for (Map.Entry<String, Path> root : roots) {
      String prefix = root.getKey();
      if (path.equals(prefix) || path.startsWith(prefix.endsWith("/") ? prefix : prefix + "/")) {
        String rest = path.substring(prefix.length());
        return Optional.of(exchange -> begin(exchange, root.getValue(), rest));
      }
    }
    return Optional.empty();
  }

  private HttpHandler.Body begin(HttpExchange exchange, Path root, String rest) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      exchange.responseHeaders().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      exchange.respond(HttpResponseStatus.METHOD_NOT_ALLOWED);
      return HttpHandler.Body.DROPPED;
    }
    return HttpHandler.Body.none(
        () -> {
          try {
            executor.execute(() -> serve(exchange, root, rest));
          } catch (RejectedExecutionException e) {
            exchange.respond(HttpResponseStatus.SERVICE_UNAVAILABLE);
          }
        });
  }

  private void serve(HttpExchange exchange, Path root, String rest) {
    try {
      Path real = root.toRealPath();
      Path file = resolve(real, rest).toRealPath();
      if (file.startsWith(real) && Files.isDirectory(file)) {
        if (!exchange.path().endsWith("/")) {
          exchange.responseHeaders().set(HttpHeaderNames.LOCATION, exchange.rawPath() + "/");
          exchange.respond(HttpResponseStatus.MOVED_PERMANENTLY);
          return;
        }
        file = file.resolve("index.html").toRealPath();
      } else if (rest.endsWith("/")) {
        notFound(exchange);
        return;
      }
      if (!file.startsWith(real) || !Files.isRegularFile(file)) {
        notFound(exchange);
        return;
      }
      String type = type(file);
      exchange.responseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
      long size = Files.size(file);
      if (TEXTS.contains(type) && compression.worthwhile(size) && size <= MAX_TEXT_BYTES) {
        compression.respond(exchange, type, ByteBuffer.wrap(Files.readAllBytes(file)));
        return;
      }
      exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, type);
      new FileResponse(exchange, FileChannel.open(file), executor).start();
    } catch (IOException | InvalidPathException e) {
      notFound(exchange);
    }
  }

  private static Path resolve(Path root, String rest) {
    String relative = rest.startsWith("/") ? rest.substring(1) : rest;
    return relative.isEmpty() ? root : root.resolve("./" + relative);
  }

  private static void notFound(HttpExchange exchange) {
    exchange.respond(HttpResponseStatus.NOT_FOUND, "text/plain; charset=UTF-8", "Not found");
  }

  private static String type(Path file) {
    String name = String.valueOf(file.getFileName());
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }
}
