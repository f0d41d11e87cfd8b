package io.starling.integration.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.OptionalTool;
import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The chat page in headless Chromium; {@code examples/test/browser.mjs} drives it. */
final class BrowserIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final Set<String> HIDDEN = Set.of("npm", "npx", "corepack");
  private static final Path EXAMPLES = Demo.ROOT.resolve("examples");
  private static final Path CLIENT = Path.of("node_modules/socket.io-client/dist/socket.io.min.js");
  private static final Path SCREENSHOTS = EXAMPLES.resolve("target/screenshots");

  @BeforeEach
  void installTheDriver() throws IOException {
    OptionalTool.require("chromium");
    OptionalTool.require("node");
    Path npm = OptionalTool.require("npm");
    Files.createDirectories(SCREENSHOTS);
    if (!Files.isDirectory(EXAMPLES.resolve("node_modules/playwright-core"))) {
      succeeds("npm", npm.toString(), "ci", "--prefix", EXAMPLES.toString());
    }
  }

  @Test
  void twoPeopleTalkAcrossTwoServers() {
    try (Demo demo = Demo.start(Demo.ROOT, Map.of())) {
      browse("chat", demo);
    }
  }

  @Test
  void withoutNpmThePageTakesTheClientFromTheCdnOrListensUntilItIsInstalled() throws IOException {
    Path folder = emptyFolder(Path.of("target/without-npm"));
    Path root = withoutClient(folder);
    try (Demo demo = Demo.start(root, Map.of("PATH", pathWithoutNpm(folder)))) {
      browse("fallback", demo);
      browse("cdn", demo);
      Files.copy(EXAMPLES.resolve(CLIENT), root.resolve("examples").resolve(CLIENT));
      browse("mended", demo);
    }
  }

  private static void browse(String mode, Demo demo) {
    succeeds(
        "browser",
        "env",
        "CHROMIUM=" + OptionalTool.require("chromium"),
        OptionalTool.require("node").toString(),
        EXAMPLES.resolve("test/browser.mjs").toString(),
        mode,
        demo.firstPage().toString(),
        demo.secondPage().toString(),
        SCREENSHOTS.toString());
  }

  private static void succeeds(String name, String... command) {
    try (ChildProcess process = ChildProcess.start(name, List.of(command))) {
      int status = process.awaitExit(TIMEOUT);
      process.lines().forEach(System.out::println);
      assertThat(status).as(process.describe("status")).isZero();
    }
  }

  private static Path emptyFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(folder).toAbsolutePath();
  }

  /** A repository like this one, but for the packages of npm. */
  private static Path withoutClient(Path folder) throws IOException {
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.copy(Demo.ROOT.resolve("demo"), root.resolve("demo"));
    linkAll(Demo.ROOT, root, Set.of("demo", "examples"));
    linkAll(EXAMPLES, Files.createDirectory(root.resolve("examples")), Set.of("node_modules"));
    return root;
  }

  /** The programs of the path, each by a link, but for npm. */
  private static String pathWithoutNpm(Path folder) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (Files.isDirectory(Path.of(directory))) {
        linkAll(Path.of(directory), bin, HIDDEN);
      }
    }
    return bin.toString();
  }

  private static void linkAll(Path from, Path to, Set<String> except) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Path link = to.resolve(file.getFileName());
        if (!except.contains(file.getFileName().toString())
            && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
          Files.createSymbolicLink(link, file);
        }
      }
    }
  }
}
