package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a Redis server answers and is still the master. A message published to a replica
 * reaches only the subscribers of that replica, so a connection to a demoted server must be left:
 * its address may lead to the new master by now. A back end that has never seen a master accepts
 * the server as it is, unless Sentinels or the nodes of a Cluster named it as a master. Safe for
 * any thread.
 */
final class RedisRole {
  private static final String MASTER = "master";

  private volatile boolean masterExpected;

  /**
   * The connections whose user may not run the command {@code ROLE}. The command is sent once for
   * each connection, because Redis logs every refusal.
   */
  private final Set<StatefulRedisConnection<String, ByteBuffer>> refused =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /**
   * Makes a check.
   *
   * @param masterExpected whether the first server must be a master, too
   */
  RedisRole(boolean masterExpected) {
    this.masterExpected = masterExpected;
  }

  /** Says that a server that was the master is a replica now. */
  static final class DemotedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    DemotedException(String role) {
      super("the server is no master any more but a " + role);
    }
  }

  /**
   * Completes when the server answers, and fails with {@link DemotedException} when a replica
   * answers although a master is expected. If the user may not run {@code ROLE}, a {@code PING} is
   * sent instead, and {@code ROLE} is tried again on the next connection only.
   */
  CompletionStage<Void> check(StatefulRedisConnection<String, ByteBuffer> connection) {
    if (refused.contains(connection)) {
      return ping(connection);
    }
    return connection
        .async()
        .role()
        .thenCompose(answer -> judged(text(answer.get(0))))
        .exceptionallyCompose(
            error -> {
              if (!isRefused(error)) {
                return CompletableFuture.failedStage(error);
              }
              refused.add(connection);
              return ping(connection);
            });
  }

  private static CompletionStage<Void> ping(
      StatefulRedisConnection<String, ByteBuffer> connection) {
    return connection.async().ping().thenApply(pong -> null);
  }

  private CompletionStage<Void> judged(String role) {
    if (role.equals(MASTER)) {
      masterExpected = true;
    } else if (masterExpected) {
      return CompletableFuture.failedStage(new DemotedException(role));
    }
    return CompletableFuture.completedStage(null);
  }

  static String text(@Nullable Object answer) {
    return answer instanceof ByteBuffer bytes
        ? StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString()
        : String.valueOf(answer);
  }

  /**
   * Whether Redis refused the command: the user lacks the permission, or the server or proxy does
   * not know the command.
   */
  static boolean isRefused(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String message = String.valueOf(cause.getMessage());
    return cause instanceof RedisCommandExecutionException
        && (message.startsWith("NOPERM") || message.startsWith("ERR"));
  }
}
