package io.starling.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class LibrariesTest {
  /** By group and artifact, as a build of ours has them. */
  private final Map<String, String> versions =
      new HashMap<>(
          Map.of(
              "io.netty/netty-common", "4.2.20.Final",
              "io.netty/netty-codec-http", "4.2.20.Final",
              "tools.jackson.core/jackson-core", "3.3.0",
              "tools.jackson.core/jackson-databind", "3.3.0",
              "com.fasterxml.jackson.core/jackson-annotations", "2.23",
              "io.lettuce/lettuce-core", "7.7.0.RELEASE"));

  private final Properties tested = new Properties();

  LibrariesTest() {
    tested.put("netty.version", "4.2.20.Final");
    tested.put("jackson-bom.version", "3.3.0");
    tested.put("jackson-2-bom.version", "2.23.0");
    tested.put("lettuce.version", "7.7.0.RELEASE");
  }

  private List<String> faults() {
    return Libraries.faults(library -> Optional.ofNullable(versions.get(library)), tested);
  }

  @Test
  void theLibrariesOfThisBuildAreNewEnough() {
    assertThatCode(Libraries::check).doesNotThrowAnyException();
    assertThat(faults()).isEmpty();
  }

  @Test
  void theLeastVersionsAreTaken() {
    versions.put("io.netty/netty-common", "4.2.8.Final");
    versions.put("tools.jackson.core/jackson-core", "3.1.0");
    versions.put("tools.jackson.core/jackson-databind", "3.1.0");
    versions.put("com.fasterxml.jackson.core/jackson-annotations", "2.21");
    versions.put("io.lettuce/lettuce-core", "7.0.0.RELEASE");

    assertThat(faults()).isEmpty();
  }

  @Test
  void libraryThatIsNotThereOrDoesNotTellIsNoFault() {
    versions.clear();
    assertThat(faults()).isEmpty();
    versions.put("io.netty/netty-common", "latest");
    assertThat(faults()).isEmpty();
  }

  @Test
  void oldNettyIsNamedWithThePropertyThatMendsIt() {
    versions.put("io.netty/netty-common", "4.2.7.Final");
    versions.put("io.netty/netty-codec-http", "4.1.135.Final");

    assertThat(faults())
        .containsExactly(
            "netty-common: 4.2.7.Final (expected: 4.2.8 or newer; with Spring Boot set the property"
                + " netty.version to 4.2.20.Final)",
            "netty-codec-http: 4.1.135.Final (expected: 4.2.8 or newer; with Spring Boot set the"
                + " property netty.version to 4.2.20.Final)");
  }

  @Test
  void oldLettuceIsNamedWithThePropertyThatMendsIt() {
    versions.put("io.lettuce/lettuce-core", "6.8.1.RELEASE");

    assertThat(faults())
        .containsExactly(
            "lettuce-core: 6.8.1.RELEASE (expected: 7.0.0 or newer; with Spring Boot set the"
                + " property lettuce.version to 7.7.0.RELEASE)");
  }

  @Test
  void oldJacksonIsNamedWithThePropertyThatMendsIt() {
    versions.put("tools.jackson.core/jackson-databind", "3.0.2");

    assertThat(faults())
        .containsExactly(
            "jackson-databind: 3.0.2 (expected: 3.1.0 or newer; with Spring Boot set the property"
                + " jackson-bom.version to 3.3.0)");
  }

  @Test
  void annotationsOfAnOlderJacksonAreNamedWithThePropertyThatMendsIt() {
    versions.put("com.fasterxml.jackson.core/jackson-annotations", "2.21");

    assertThat(faults())
        .containsExactly(
            "jackson-annotations: 2.21 (expected: 2.23 or newer beside jackson-databind 3.3.0; with"
                + " Spring Boot 3 set the property jackson-bom.version to 2.23.0, with 4 set it to"
                + " 3.3.0 and jackson-2-bom.version to 2.23.0)");
  }

  @Test
  void theTestedVersionsAreThoseOfTheBuild() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        Objects.requireNonNull(Libraries.class.getResourceAsStream("libraries.properties"))) {
      properties.load(in);
    }

    assertThat(properties.stringPropertyNames())
        .isEqualTo(tested.stringPropertyNames())
        .allSatisfy(name -> assertThat(properties.getProperty(name)).matches("\\d+\\.\\d+.*"));
  }
}
