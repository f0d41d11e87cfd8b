package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Users of the published jars are told what they cannot guess. */
final class JavadocTest {
  private static final Pattern API =
      Pattern.compile(
          "[.][.]/(manager-\\w+|emitter|socketio-server)/src/main/java/"
              + "(?!.*/(internal|netty|cli|socketio/protocol)/).*(?<!Cli)[.]java");
  private static final Pattern UNDESCRIBED =
      Pattern.compile("(?m)(?<![*]/\n)^public [a-z -]*@?(class|interface|record|enum) ");
  private static final Pattern ANNOTATION = Pattern.compile("(?m)^@(?!interface).*\n");
  private static final String CONVENTIONS =
      "Unless a type says otherwise: it is safe for any thread and does not block";

  @Test
  void everyPublicTypeIsDescribed() throws IOException {
    assertThat(api().filter(file -> !isPackage(file)))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            file ->
                assertThat(ANNOTATION.matcher(read(file)).replaceAll(""))
                    .as("%s", file)
                    .doesNotContainPattern(UNDESCRIBED));
  }

  @Test
  void everyPackageStatesItsConventionsOnThreadsNullAndErrors() throws IOException {
    assertThat(api().filter(JavadocTest::isPackage))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            file ->
                assertThat(read(file))
                    .as("%s", file)
                    .contains(CONVENTIONS)
                    .contains("@Nullable", "IllegalArgumentException"));
  }

  private static Stream<Path> api() throws IOException {
    List<Path> sources = Sources.below(Path.of(".."));
    return sources.stream().filter(file -> API.matcher(file.toString()).matches());
  }

  private static boolean isPackage(Path file) {
    return file.endsWith("package-info.java");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
