package io.starling.integration.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Java files of the project. */
final class Sources {
  private static final int DEEPEST_MODULE = 2;

  private Sources() {}

  /** Those of a folder's own {@code src}, and of the modules in it. */
  static List<Path> below(Path folder) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path module : modules(folder)) {
      try (Stream<Path> files = Files.walk(module.resolve("src"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static List<Path> modules(Path folder) throws IOException {
    try (Stream<Path> folders = Files.walk(folder, DEEPEST_MODULE)) {
      return folders.filter(each -> Files.isDirectory(each.resolve("src"))).toList();
    }
  }
}
