package io.starling.integration.application;

import io.starling.examples.batch.BatchEmitter;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.docs.RuntimeJars;
import io.starling.integration.process.ChildProcess;
import io.starling.manager.HostId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An emitter runs with no other jars than those that the guide names. */
final class EmitterJarsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  static Stream<Arguments> brokers() {
    return Stream.of(
        broker("manager-redis", TestBroker::redis),
        broker("manager-amqp", TestBroker::amqp),
        broker("manager-kafka", TestBroker::kafka));
  }

  private static Arguments broker(String module, Supplier<TestBroker> broker) {
    return Arguments.of(module, Named.of("its broker", broker));
  }

  @ParameterizedTest
  @MethodSource("brokers")
  void aProcessWithTheJarsOfTheGuideEmits(String module, Supplier<TestBroker> supplier)
      throws IOException {
    List<Path> jars = new ArrayList<>(RuntimeJars.of(module).values());
    for (String own : List.of("emitter", module, "examples")) {
      jars.add(Path.of("..", own, "target", "classes"));
    }
    String classPath =
        jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (TestBroker broker = supplier.get();
        ChildProcess emitter =
            ChildProcess.start(
                "emitter",
                List.of(
                    java,
                    "-cp",
                    classPath,
                    BatchEmitter.class.getName(),
                    broker.url(HostId.random().value()),
                    "room"))) {
      emitter.input(List.of("one", "two"));

      emitter.awaitSuccess(TIMEOUT);
    }
  }
}
