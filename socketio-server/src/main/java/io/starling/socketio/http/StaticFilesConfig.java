package io.starling.socketio.http;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The files that a server serves over HTTP, and their paths. Immutable. A rule maps a path to a
 * file or a directory. If several rules fit a request, the rule for exactly the requested path
 * applies. Otherwise the rule with the longest path applies; a path fits only in whole segments.
 */
public final class StaticFilesConfig {
  private final Builder values;

  private StaticFilesConfig(Builder values) {
    this.values = new Builder(values);
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The rules by their path. */
  public Map<String, Rule> rules() {
    return values.rules;
  }

  /** See {@link Builder#defaultDocument}. */
  public String defaultDocument() {
    return values.defaultDocument;
  }

  /** See {@link Builder#cacheControl}. */
  public String cacheControl() {
    return values.cacheControl;
  }

  /** The content types by file name extension in lower case; see {@link Builder#contentType}. */
  public Map<String, String> contentTypes() {
    return values.contentTypes;
  }

  /**
   * The file or directory that a path stands for.
   *
   * @param root the file or directory
   * @param contentType the content type of the file; if empty, the extension of the file's name
   *     decides
   */
  public record Rule(Path root, Optional<String> contentType) {}

  /** Collects settings; {@link #build} checks them all. */
  public static final class Builder {
    private Map<String, Rule> rules = new LinkedHashMap<>();
    private String defaultDocument = "index.html";
    private String cacheControl = "no-cache";
    private Map<String, String> contentTypes = new LinkedHashMap<>();

    private Builder() {}

    private Builder(Builder other) {
      rules = Map.copyOf(other.rules);
      defaultDocument = other.defaultDocument;
      cacheControl = other.cacheControl;
      contentTypes = Map.copyOf(other.contentTypes);
    }

    /**
     * Serves a file under a path, or the files of a directory below the path. Files outside of the
     * directory are never served, not even through {@code ..} or symbolic links. Default: no rules.
     *
     * @param path the path, such as {@code /} or {@code /app}; {@code /app} does not match {@code
     *     /application}
     * @param root a directory or file, which must exist when {@link #build} is called
     */
    public Builder rule(String path, Path root) {
      rules.put(path, new Rule(root, Optional.empty()));
      return this;
    }

    /**
     * Serves a file under a path, with this content type.
     *
     * @param file a file, not a directory, which must exist when {@link #build} is called
     */
    public Builder rule(String path, Path file, String contentType) {
      rules.put(path, new Rule(file, Optional.of(contentType)));
      return this;
    }

    /** The name of the file that is served for a directory. Default: {@code index.html}. */
    public Builder defaultDocument(String name) {
      defaultDocument = name;
      return this;
    }

    /**
     * The {@code Cache-Control} field of responses with files. Default: {@code no-cache}. With it,
     * a browser keeps the file but asks the server at each use. If the file has not changed, the
     * answer is a short response without a body.
     */
    public Builder cacheControl(String value) {
      cacheControl = value;
      return this;
    }

    /**
     * The content type of files whose name has this extension. The case of the extension does not
     * matter. Default: the usual types for common extensions, {@code application/octet-stream} for
     * all others.
     *
     * @param extension the extension without its dot, such as {@code html}
     */
    public Builder contentType(String extension, String type) {
      contentTypes.put(extension.toLowerCase(Locale.ROOT), type);
      return this;
    }

    /**
     * Checks the settings, and looks whether the files exist.
     *
     * @throws IllegalArgumentException if settings are invalid; its message names all of them
     */
    public StaticFilesConfig build() {
      List<String> faults = new ArrayList<>();
      rules.forEach((path, rule) -> check(path, rule, faults));
      if (!defaultDocument.matches("[^/\\\\]+")) {
        faults.add("defaultDocument: " + defaultDocument + " (expected: the name of a file)");
      }
      checkField("cacheControl", cacheControl, faults);
      contentTypes.values().forEach(type -> checkField("contentType", type, faults));
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
      return new StaticFilesConfig(this);
    }

    private static void check(String path, Rule rule, List<String> faults) {
      if (!path.startsWith("/")) {
        faults.add("staticFiles: " + path + " (expected: a leading slash)");
      }
      rule.contentType().ifPresent(type -> checkField("contentType", type, faults));
      boolean usable =
          rule.contentType().isPresent()
              ? Files.isRegularFile(rule.root())
              : Files.exists(rule.root());
      if (!usable) {
        String expected = rule.contentType().isPresent() ? "a file" : "a directory or file";
        faults.add("staticFiles: " + rule.root() + " (expected: " + expected + " that exists)");
      }
    }

    private static void checkField(String name, String value, List<String> faults) {
      if (!value.matches("[\\x20-\\x7e]+")) {
        faults.add(name + ": " + value + " (expected: a value of a header field)");
      }
    }
  }
}
