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
 * Which files are served under which paths; immutable. Of several rules that fit, the one for the
 * path itself counts, else the one for the longest prefix in whole segments.
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

  /** By path. */
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

  /** By extension, in lower case; see {@link Builder#contentType}. */
  public Map<String, String> contentTypes() {
    return values.contentTypes;
  }

  /**
   * What a path stands for.
   *
   * @param root a directory, or a file
   * @param contentType of the file; empty: by the extension of its name
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
     * Serves a file under a path, or the files of a directory below it. Nothing outside of the
     * directory is served, whatever the path says and wherever symbolic links lead.
     *
     * @param path such as {@code /} or {@code /app}; it does not cover {@code /application}
     * @param root a directory, or a file
     */
    public Builder rule(String path, Path root) {
      rules.put(path, new Rule(root, Optional.empty()));
      return this;
    }

    /** As {@link #rule(String, Path)}, with the type of the file. */
    public Builder rule(String path, Path file, String contentType) {
      rules.put(path, new Rule(file, Optional.of(contentType)));
      return this;
    }

    /** The file of a directory that stands for it. Default {@code index.html}. */
    public Builder defaultDocument(String name) {
      defaultDocument = name;
      return this;
    }

    /**
     * The {@code Cache-Control} of files. Default {@code no-cache}: kept, and asked about each
     * time, which costs a response without body while the file stays the same.
     */
    public Builder cacheControl(String value) {
      cacheControl = value;
      return this;
    }

    /**
     * The type of files whose name ends so, in any case. Default: what common extensions stand for,
     * and {@code application/octet-stream}.
     *
     * @param extension without the dot
     */
    public Builder contentType(String extension, String type) {
      contentTypes.put(extension.toLowerCase(Locale.ROOT), type);
      return this;
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming every setting that is out of range
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
