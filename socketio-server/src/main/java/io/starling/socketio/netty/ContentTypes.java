package io.starling.socketio.netty;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Finds the content type of a file by the extension of its name. Upper and lower case are equal.
 */
final class ContentTypes {
  private static final String UTF_8 = "; charset=UTF-8";

  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("html", "text/html" + UTF_8),
          Map.entry("htm", "text/html" + UTF_8),
          Map.entry("css", "text/css" + UTF_8),
          Map.entry("csv", "text/csv" + UTF_8),
          Map.entry("js", "text/javascript" + UTF_8),
          Map.entry("mjs", "text/javascript" + UTF_8),
          Map.entry("md", "text/markdown" + UTF_8),
          Map.entry("txt", "text/plain" + UTF_8),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("xml", "application/xml"),
          Map.entry("xhtml", "application/xhtml+xml"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("zip", "application/zip"),
          Map.entry("gz", "application/gzip"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("avif", "image/avif"),
          Map.entry("bmp", "image/bmp"),
          Map.entry("gif", "image/gif"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("png", "image/png"),
          Map.entry("webp", "image/webp"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("wav", "audio/wav"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("webm", "video/webm"),
          Map.entry("otf", "font/otf"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"));

  private final Map<String, String> types = new HashMap<>(KNOWN);

  /**
   * The built-in types and further ones.
   *
   * @param more types by extension, in lower case; they override the built-in types
   */
  ContentTypes(Map<String, String> more) {
    types.putAll(more);
  }

  String of(String fileName) {
    String extension = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return types.getOrDefault(extension, "application/octet-stream");
  }

  /**
   * Whether content of this type is worth compressing. Most other types, such as images and
   * archives, are compressed already.
   */
  static boolean shrinks(String type) {
    String plain = type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    return plain.matches("text/.*|application/(.*\\+)?(json|xml|wasm)|image/(svg\\+xml|bmp)");
  }
}
