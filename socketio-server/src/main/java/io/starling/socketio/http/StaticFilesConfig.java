package io.starling.socketio.http;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that a server serves over HTTP, and their paths. A rule maps a path to a file or a
 * directory. If several rules fit a request, the rule for exactly the requested path applies.
 * Otherwise the rule with the longest path applies; a path fits only in whole segments. The methods
 * of {@code SocketIoServerConfig.Builder} that begin with {@code static} set these values.
 *
 * @param rules the rules by their path
 * @param defaultDocument the name of the file that is served for a directory
 * @param cacheControl the {@code Cache-Control} field of responses with files
 * @param contentTypes the content types by file name extension in lower case
 */
public record StaticFilesConfig(
    Map<String, Rule> rules,
    String defaultDocument,
    String cacheControl,
    Map<String, String> contentTypes) {
  /** No files. */
  public static final StaticFilesConfig NONE =
      new StaticFilesConfig(Map.of(), "index.html", "no-cache", Map.of());

  /**
   * The file or directory that a path stands for.
   *
   * @param root the file or directory
   * @param contentType the content type of the file; if empty, the extension of the file's name
   *     decides
   */
  public record Rule(Path root, Optional<String> contentType) {}

  /**
   * Checks the settings, and looks whether the files exist.
   *
   * @throws IllegalArgumentException if settings are invalid; its message names all of them
   */
  public StaticFilesConfig {
    List<String> faults = new ArrayList<>();
    rules.forEach((path, rule) -> check(path, rule, faults));
    if (!defaultDocument.matches("[^/\\\\]+")) {
      faults.add("staticDefaultDocument: " + defaultDocument + " (expected: the name of a file)");
    }
    checkField("staticCacheControl", cacheControl, faults);
    contentTypes.values().forEach(type -> checkField("staticType", type, faults));
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    rules = Map.copyOf(rules);
    contentTypes = Map.copyOf(contentTypes);
  }

  private static void check(String path, Rule rule, List<String> faults) {
    if (!path.startsWith("/")) {
      faults.add("staticFiles: " + path + " (expected: a leading slash)");
    }
    rule.contentType().ifPresent(type -> checkField("staticFiles", type, faults));
    boolean onlyFile = rule.contentType().isPresent();
    if (onlyFile ? !Files.isRegularFile(rule.root()) : !Files.exists(rule.root())) {
      String expected = onlyFile ? "a file" : "a directory or file";
      faults.add("staticFiles: " + rule.root() + " (expected: " + expected + " that exists)");
    }
  }

  private static void checkField(String name, String value, List<String> faults) {
    if (!value.matches("[\\x20-\\x7e]+")) {
      faults.add(name + ": " + value + " (expected: a value of a header field)");
    }
  }
}
