package io.starling.integration.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the executable jars as a user does, on the JDK that runs the tests. */
public final class Executables {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private Executables() {}

  /** {@code java -jar socketio-server.jar …} */
  public static ChildProcess server(String name, List<String> options) {
    return jar(name, Path.of(property("starling.server.jar")), options);
  }

  /** {@code java -jar emitter.jar …} */
  public static ChildProcess emitter(String name, List<String> options) {
    return jar(name, Path.of(property("starling.emitter.jar")), options);
  }

  /** {@code java -jar …}, any executable jar of any release. */
  public static ChildProcess jar(String name, Path jar, List<String> options) {
    if (!Files.isRegularFile(jar)) {
      throw new AssertionError(jar + ": missing (expected: built by mvn package)");
    }
    return start(name, List.of("-jar", jar.toString()), options);
  }

  /** The directory with the applications of the tests. */
  public static String testClasses() {
    return property("starling.test.classes");
  }

  private static ChildProcess start(String name, List<String> program, List<String> options) {
    // A small heap and the quick compiler: many short-lived processes share the machine.
    List<String> command =
        new ArrayList<>(
            List.of(JAVA.toString(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(program);
    command.addAll(options);
    return ChildProcess.start(name, command);
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new AssertionError(name + ": not set (expected: by the POM)");
    }
    return value;
  }
}
