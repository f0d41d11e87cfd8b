package io.starling.integration.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tracked files of {@code docs/api} say what the published jars offer, and nothing else. */
final class PublicApiTest {
  private static final Path LISTINGS = Path.of("..", "docs", "api");
  private static final Pattern MODULE = Pattern.compile("([^/]+)/target/");
  private static final Pattern INTERNAL =
      Pattern.compile(
          ".*[.](internal|netty|cli)([.].*)?|io[.]starling[.]protocol[.](engineio|socketio)");
  private static final List<String> UNPUBLISHED = List.of("examples", "benchmarks");
  private static final String REWRITE =
      "docs/api (rewrite it: mvn -q -pl integration-tests -am test -Dtest=PublicApiTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dstarling.api.write=true)";

  @Test
  void everyPublicMemberIsListed() throws IOException {
    Map<String, List<String>> offered = offered();
    if (Boolean.getBoolean("starling.api.write")) {
      write(offered);
    }
    assertThat(offered).containsKeys("protocol", "manager-api", "emitter", "socketio-server");
    assertThat(tracked()).as(REWRITE).isEqualTo(offered);
  }

  /** By the folder of the module. */
  private static Map<String, List<String>> offered() {
    Map<String, List<String>> offered = new TreeMap<>();
    new ClassFileImporter()
        .withImportOption(new DoNotIncludeTests()).importPackages("io.starling").stream()
            .filter(PublicApiTest::isApi)
            .sorted(Comparator.comparing(JavaClass::getName))
            .forEach(
                type ->
                    offered
                        .computeIfAbsent(module(type), name -> new ArrayList<>())
                        .addAll(ApiListing.of(type.reflect())));
    UNPUBLISHED.forEach(offered::remove);
    return offered;
  }

  private static boolean isApi(JavaClass type) {
    return !INTERNAL.matcher(type.getPackageName()).matches()
        && !type.getName().endsWith("Cli")
        && isVisible(type);
  }

  private static boolean isVisible(JavaClass type) {
    return (type.getModifiers().contains(JavaModifier.PUBLIC)
            || type.getModifiers().contains(JavaModifier.PROTECTED))
        && type.getEnclosingClass().map(PublicApiTest::isVisible).orElse(true);
  }

  private static String module(JavaClass type) {
    Matcher folder = MODULE.matcher(type.getSource().orElseThrow().getUri().toString());
    assertThat(folder.find()).as(type.getName()).isTrue();
    return String.valueOf(folder.group(1));
  }

  private static void write(Map<String, List<String>> offered) throws IOException {
    Files.createDirectories(LISTINGS);
    for (Map.Entry<String, List<String>> module : offered.entrySet()) {
      Files.write(LISTINGS.resolve(module.getKey() + ".txt"), module.getValue());
    }
  }

  private static Map<String, List<String>> tracked() throws IOException {
    Map<String, List<String>> tracked = new TreeMap<>();
    try (Stream<Path> files = Files.list(LISTINGS)) {
      files.forEach(
          file -> tracked.put(file.getFileName().toString().replace(".txt", ""), lines(file)));
    }
    return tracked;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
