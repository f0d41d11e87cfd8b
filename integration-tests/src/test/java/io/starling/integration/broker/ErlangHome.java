package io.starling.integration.broker;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What Erlang nodes must share so that they can join one cluster: the cookie in their home folder,
 * and the port mapper. Nodes of other homes do not see them.
 */
final class ErlangHome implements AutoCloseable {
  private final Path directory;
  private final int mapperPort = Ports.free();
  private final ChildProcess mapper;

  ErlangHome() throws IOException {
    directory = Files.createTempDirectory("starling-rabbitmq");
    Path cookie = Files.writeString(directory.resolve(".erlang.cookie"), UUID.randomUUID() + "");
    Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    mapper =
        ChildProcess.start("epmd", command(List.of("epmd", "-port", Integer.toString(mapperPort))));
  }

  /** A new folder for one node. Removed with this home. */
  Path folder(String name) throws IOException {
    return Files.createDirectory(directory.resolve(name));
  }

  /** The command with the environment that leads to this home. */
  List<String> command(List<String> words) {
    List<String> command = new ArrayList<>(List.of("env"));
    Map.of(
            "HOME", directory.toString(),
            "ERL_EPMD_PORT", Integer.toString(mapperPort),
            "ERL_EPMD_ADDRESS", "127.0.0.1")
        .forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(words);
    return command;
  }

  /** Ends the port mapper and removes the folders. The nodes must have ended. */
  @Override
  public void close() {
    mapper.close();
    EmbeddedKafka.delete(directory);
  }
}
