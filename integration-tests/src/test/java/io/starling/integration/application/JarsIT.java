package io.starling.integration.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the jars hold beside classes. */
final class JarsIT {
  private static final Path ROOT = Path.of("..");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol",
        "manager-api",
        "manager-redis",
        "manager-amqp",
        "manager-kafka",
        "emitter",
        "socketio-server"
      })
  void eachJarHasTheLicenseAndTheNotice(String module) throws IOException {
    Path jar;
    try (Stream<Path> files = Files.list(ROOT.resolve(module).resolve("target"))) {
      List<Path> jars =
          files
              .filter(file -> file.getFileName().toString().matches("starling-[a-z-]+-[0-9].*jar"))
              .filter(file -> !file.toString().matches(".*-(sources|javadoc|all)\\.jar"))
              .toList();
      assertThat(jars).hasSize(1);
      jar = jars.get(0);
    }

    assertThat(entry(jar, "META-INF/LICENSE")).isEqualTo(Files.readString(ROOT.resolve("LICENSE")));
    assertThat(entry(jar, "META-INF/NOTICE")).isEqualTo(Files.readString(ROOT.resolve("NOTICE")));
  }

  @Test
  void theExecutablesHaveTheNoticesAndOtherLicensesOfTheirDependenciesToo() throws IOException {
    for (String property : List.of("starling.server.jar", "starling.emitter.jar")) {
      Path jar = Path.of(System.getProperty(property));

      assertThat(entry(jar, "META-INF/LICENSE"))
          .isEqualTo(Files.readString(ROOT.resolve("LICENSE")));
      assertThat(entry(jar, "META-INF/NOTICE"))
          .contains("Starling")
          .contains("Jackson JSON processor");
      assertThat(entry(jar, "META-INF/LICENSE.txt")).contains("QOS.ch");
    }
  }

  private static String entry(Path jar, String name) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(file.getEntry(name)).as(name + " of " + jar).isNotNull();
      return new String(
          file.getInputStream(file.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
