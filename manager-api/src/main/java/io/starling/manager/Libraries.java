package io.starling.manager;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the versions of the libraries on the class path before they are used. A build that manages
 * the versions of libraries, such as a Spring Boot build, may bring older versions than Starling
 * needs. Without this check the first use would fail with a {@link NoSuchMethodError} that names
 * neither the library nor the remedy.
 */
public final class Libraries {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");
  private static final String NETTY = "io.netty";
  private static final String JACKSON = "tools.jackson.core";
  private static final String LETTUCE = "io.lettuce";
  private static final String ANNOTATIONS = "com.fasterxml.jackson.core";

  /** The oldest version that has {@code IoUring.featureString}, which Starling calls. */
  private static final String NETTY_MINIMUM = "4.2.8";

  /** The oldest version that has {@code JsonMapper.treeToValue(JsonNode, …)}. */
  private static final String JACKSON_MINIMUM = "3.1.0";

  /** The oldest version that has {@code MaintNotificationsConfig}, which Starling uses. */
  private static final String LETTUCE_MINIMUM = "7.0.0";

  private static final List<String> NETTY_PARTS =
      List.of(
          "netty-common",
          "netty-buffer",
          "netty-transport",
          "netty-codec-base",
          "netty-codec-http",
          "netty-handler",
          "netty-transport-classes-epoll",
          "netty-transport-classes-io_uring");

  private Libraries() {}

  /**
   * Checks the libraries that are on the class path. A library that is absent, or whose version
   * cannot be found out, passes.
   *
   * @throws IllegalStateException when a library is too old. The message has one line for each such
   *     library, with its version, the oldest version that works and the Spring Boot property that
   *     sets the version
   */
  public static void check() {
    List<String> faults = faults(Libraries::versionOnTheClassPath, tested());
    if (!faults.isEmpty()) {
      throw new IllegalStateException(String.join("\n", faults));
    }
  }

  /**
   * Returns one line for each library that is too old.
   *
   * @param versions returns the version of {@code group/artifact}, or empty if the library is
   *     absent or does not say its version
   * @param tested the versions to recommend, by the Spring Boot property that sets them
   */
  static List<String> faults(Function<String, Optional<String>> versions, Properties tested) {
    Check check = new Check(versions, tested, new ArrayList<>());
    for (String part : NETTY_PARTS) {
      check.require(NETTY, part, NETTY_MINIMUM, "netty.version");
    }
    check.require(JACKSON, "jackson-core", JACKSON_MINIMUM, "jackson-bom.version");
    check.require(JACKSON, "jackson-databind", JACKSON_MINIMUM, "jackson-bom.version");
    check.requireAnnotations();
    check.require(LETTUCE, "lettuce-core", LETTUCE_MINIMUM, "lettuce.version");
    return check.faults();
  }

  private record Check(
      Function<String, Optional<String>> versions, Properties tested, List<String> faults) {
    void require(String group, String artifact, String minimum, String property) {
      versions
          .apply(group + "/" + artifact)
          .filter(found -> older(found, minimum))
          .ifPresent(
              found ->
                  faults.add(
                      "%s: %s (expected: %s or newer; with Spring Boot set the property %s to %s)"
                          .formatted(
                              artifact, found, minimum, property, tested.getProperty(property))));
    }

    /**
     * Checks the annotations, which Jackson 3 shares with Jackson 2. Jackson 3.N needs the
     * annotations of Jackson 2.(20 + N) or newer.
     */
    void requireAnnotations() {
      String databind = versions.apply(JACKSON + "/jackson-databind").orElse(null);
      String found = versions.apply(ANNOTATIONS + "/jackson-annotations").orElse(null);
      int[] needed = databind == null ? null : numbers(databind);
      if (found != null && needed != null && needed[0] == 3) {
        String minimum = "2." + (20 + needed[1]);
        if (older(found, minimum)) {
          faults.add(
              ("jackson-annotations: %s (expected: %s or newer beside jackson-databind %s; with"
                      + " Spring Boot 3 set the property jackson-bom.version to %s, with 4 set it"
                      + " to %s and jackson-2-bom.version to %s)")
                  .formatted(
                      found,
                      minimum,
                      databind,
                      tested.getProperty("jackson-2-bom.version"),
                      tested.getProperty("jackson-bom.version"),
                      tested.getProperty("jackson-2-bom.version")));
        }
      }
    }
  }

  /** Returns whether a version is older than the minimum; false for a version of unknown form. */
  private static boolean older(String found, String minimum) {
    int[] have = numbers(found);
    int[] need = numbers(minimum);
    return have != null && need != null && Arrays.compare(have, need) < 0;
  }

  private static int @Nullable [] numbers(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return null;
    }
    String patch = matcher.group(3);
    return new int[] {
      Integer.parseInt(matcher.group(1)),
      Integer.parseInt(matcher.group(2)),
      patch == null ? 0 : Integer.parseInt(patch)
    };
  }

  private static Optional<String> versionOnTheClassPath(String library) {
    Properties properties = read("/META-INF/maven/" + library + "/pom.properties");
    return Optional.ofNullable(properties.getProperty("version"));
  }

  private static Properties tested() {
    return read("libraries.properties");
  }

  private static Properties read(String resource) {
    Properties properties = new Properties();
    try (InputStream in = Libraries.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
