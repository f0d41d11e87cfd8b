package io.starling.integration.compatibility;

import static java.util.Objects.requireNonNull;

import io.starling.integration.client.TransportInUse;
import io.starling.integration.process.ServerProcess;
import io.starling.integration.process.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Releases of the official Java client, in each transport mode. */
final class JavaReleasesIT {
  private static @Nullable ServerProcess server;

  @BeforeAll
  static void startTheServer() {
    // Pings in the midst of everything else. Of a client that is cut between two polls nothing but
    // its silence tells the server: after six seconds, which the steps wait for.
    server =
        ServerProcess.start(
            "server", 0, "memory://", "--ping-interval", "1s", "--ping-timeout", "5s");
  }

  @AfterAll
  static void endTheServer() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"polling websocket", "websocket", "polling"})
  void theReleaseOfTheOtherTestsWorksOver(String transports) {
    new JavaClientSteps().accept(url(), List.of(transports.split(" ", -1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"polling websocket", "websocket", "polling"})
  void release20WorksOver(String transports) throws Exception {
    try (ReleaseLoader release = ReleaseLoader.of(property("starling.java-client-2.0"))) {
      release.steps().accept(url(), List.of(transports.split(" ", -1)));
    }
  }

  private static URI url() {
    return requireNonNull(server).url();
  }

  private static String property(String name) {
    return requireNonNull(System.getProperty(name), name);
  }

  /** Loads the steps and the client from a directory of jars, all else from the class path. */
  private static final class ReleaseLoader extends URLClassLoader {
    private static final List<String> OWN =
        Stream.of(
                JavaClientSteps.class.getName(),
                TransportInUse.class.getName(),
                TcpProxy.class.getPackageName() + ".")
            .toList();

    private ReleaseLoader(List<URL> urls) {
      super(urls.toArray(URL[]::new), JavaReleasesIT.class.getClassLoader());
    }

    static ReleaseLoader of(String directory) throws IOException {
      List<URL> urls = new ArrayList<>();
      try (Stream<Path> jars = Files.list(Path.of(directory))) {
        for (Path jar : jars.toList()) {
          urls.add(jar.toUri().toURL());
        }
      }
      urls.add(JavaClientSteps.class.getProtectionDomain().getCodeSource().getLocation());
      return new ReleaseLoader(urls);
    }

    @SuppressWarnings("unchecked")
    BiConsumer<URI, List<String>> steps() throws ReflectiveOperationException {
      Class<?> steps = loadClass(JavaClientSteps.class.getName());
      return (BiConsumer<URI, List<String>>) steps.getDeclaredConstructor().newInstance();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.socket.") && OWN.stream().noneMatch(name::startsWith)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
