package io.starling.examples.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import redis.embedded.RedisExecProvider;

/**
 * Copies the {@code redis-server} for this machine from its jar to a file, so that a script can run
 * it as a child process: {@code ExtractRedis FILE}.
 */
public final class ExtractRedis {
  private ExtractRedis() {}

  /** Writes the file. It appears complete or not at all. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]).toAbsolutePath();
    Path folder = Files.createDirectories(file.resolveSibling("."));
    Path partial = Files.createTempFile(folder, "redis-server", ".partial");
    Path packed = RedisExecProvider.defaultProvider().get().toPath();
    Files.copy(packed, partial, StandardCopyOption.REPLACE_EXISTING);
    if (!partial.toFile().setExecutable(true)) {
      throw new IOException(partial + ": cannot be made executable");
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
