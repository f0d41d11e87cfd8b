package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Versions that are written down in several files are the same in all of them. */
final class VersionsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path BOOT = ROOT.resolve("examples/spring-boot");
  private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+\\.version)>([^<$]+)</");
  private static final Pattern MANAGED = Pattern.compile("<artifactId>([^<]+)</artifactId>");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([34]\\.\\d) \\| ([0-9.]+) \\| (.+) \\|$");
  private static final Pattern SETTING = Pattern.compile("`([a-z0-9.-]+)` ([0-9A-Za-z.]+)");

  @Test
  void theBomHasTheVersionsOfTheParentAndNothingElse() throws IOException {
    String bom = Files.readString(ROOT.resolve("bom/pom.xml"));
    String parent = Files.readString(ROOT.resolve("pom.xml"));

    assertThat(properties(parent)).containsAllEntriesOf(properties(bom));
    assertThat(version(bom)).isEqualTo(version(parent));
    String managed =
        bom.substring(
            bom.indexOf("<dependencyManagement>"), bom.indexOf("</dependencyManagement>"));
    assertThat(MANAGED.matcher(managed).results().map(match -> match.group(1)))
        .containsExactly(
            "starling-protocol",
            "starling-manager-api",
            "starling-manager-redis",
            "starling-manager-amqp",
            "starling-manager-kafka",
            "starling-emitter",
            "starling-socketio-server",
            "starling-integration-tests",
            "netty-bom",
            "jackson-bom",
            "lettuce-core");
  }

  @Test
  void theGuideTellsTheVersionsOfSpringBootThatAreTested() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/guide.md"));
    Map<String, List<Object>> told = new TreeMap<>();
    for (MatchResult row : ROW.matcher(guide).results().toList()) {
      Map<String, String> settings = new TreeMap<>();
      SETTING.matcher(row.group(3)).results().forEach(s -> settings.put(s.group(1), s.group(2)));
      told.put("boot-" + row.group(1), List.of(row.group(2), settings));
    }

    assertThat(told).isEqualTo(tested()).hasSize(3);
  }

  @Test
  void thePropertiesForSpringBootAreTheVersionsOfTheParent() throws IOException {
    Map<String, String> parent = properties(Files.readString(ROOT.resolve("pom.xml")));
    for (Path module : bootModules()) {
      // Spring Boot 3 gives the version of Jackson 2 the name that 4 gives to that of Jackson 3.
      String bom = module.endsWith("boot-3.5") ? "jackson2.version" : "jackson.version";
      Map<String, String> ours =
          Map.of("jackson-bom.version", bom, "jackson-2-bom.version", "jackson2.version");
      properties(Files.readString(module.resolve("pom.xml")))
          .forEach(
              (name, version) ->
                  assertThat(version)
                      .as(name + " of " + module)
                      .isEqualTo(parent.get(ours.getOrDefault(name, name))));
    }
  }

  /** By module: the version of Spring Boot and the properties. */
  private static Map<String, List<Object>> tested() throws IOException {
    Map<String, List<Object>> tested = new TreeMap<>();
    for (Path module : bootModules()) {
      String pom = Files.readString(module.resolve("pom.xml"));
      tested.put(
          module.getFileName().toString(),
          List.of(version(pom.substring(pom.indexOf("<parent>"))), properties(pom)));
    }
    return tested;
  }

  private static List<Path> bootModules() throws IOException {
    try (Stream<Path> files = Files.list(BOOT)) {
      return files.filter(file -> file.getFileName().toString().startsWith("boot-")).toList();
    }
  }

  /** The first version of a POM, which is its own or that of its parent. */
  private static String version(String pom) {
    return Pattern.compile("<version>([^<]+)<")
        .matcher(pom)
        .results()
        .findFirst()
        .map(match -> match.group(1))
        .orElseThrow();
  }

  private static Map<String, String> properties(String pom) {
    return PROPERTY
        .matcher(pom)
        .results()
        .filter(match -> !match.group(1).equals("java.version"))
        .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2), (a, b) -> a, TreeMap::new));
  }
}
