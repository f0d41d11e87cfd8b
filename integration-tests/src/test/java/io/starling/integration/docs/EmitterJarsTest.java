package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of an emitter's jars in the guide is the one that Maven resolves. */
class EmitterJarsTest {
  private static final Pattern NAME = Pattern.compile("`([\\w.-]+)`");

  @ParameterizedTest
  @CsvSource({"Redis,manager-redis", "RabbitMQ,manager-amqp", "Kafka,manager-kafka"})
  void theGuideNamesEveryJarThatAnEmitterAdds(String broker, String module) throws IOException {
    Set<String> named = new LinkedHashSet<>(row("every broker"));
    named.addAll(row(broker));

    Set<String> resolved = new LinkedHashSet<>(RuntimeJars.of(module).keySet());
    resolved.addAll(Set.of("starling-emitter", "starling-" + module));
    assertThat(named).containsExactlyInAnyOrderElementsOf(resolved);
  }

  /** The names of a row in the guide's table of jars. */
  private static Set<String> row(String title) throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "guide.md"));
    String table = guide.substring(guide.indexOf("| for | jars |"));
    Set<String> names = new LinkedHashSet<>();
    table
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .filter(line -> line.startsWith("| " + title + " |"))
        .forEach(line -> NAME.matcher(line).results().forEach(name -> names.add(name.group(1))));
    return names;
  }
}
