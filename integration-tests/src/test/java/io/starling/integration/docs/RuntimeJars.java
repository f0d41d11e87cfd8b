package io.starling.integration.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jars that a back end brings, as Maven resolves them for an application. */
public final class RuntimeJars {
  private static final Pattern LINE =
      Pattern.compile("\\s+[\\w.-]+:([\\w.-]+):jar:(?:[\\w-]+:)?[\\w.-]+:\\w+:(/\\S+)(.*)");

  private RuntimeJars() {}

  /**
   * The names of the artifacts, and where each of them is: a jar, or the classes of a module.
   *
   * @param module such as {@code manager-redis}; not part of the result
   */
  public static Map<String, Path> of(String module) throws IOException {
    Map<String, Path> jars = new LinkedHashMap<>();
    Path list = Path.of("..", module, "target", "runtime-jars.txt");
    for (String line : Files.readAllLines(list)) {
      Matcher jar = LINE.matcher(line);
      if (jar.matches() && !jar.group(3).contains("(optional)")) {
        jars.put(jar.group(1), Path.of(jar.group(2)));
      }
    }
    return jars;
  }
}
