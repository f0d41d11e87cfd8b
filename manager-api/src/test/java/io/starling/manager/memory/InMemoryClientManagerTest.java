package io.starling.manager.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.LocalSocket;
import io.starling.manager.SocketId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryClientManagerTest {
  private static final int TIMES = 20_000;

  private final InMemoryClientManager manager = new InMemoryClientManager();

  record FakeSocket(SocketId id) implements LocalSocket {}

  @Test
  void namespaceWithoutSocketsCostsNothing() {
    for (int i = 0; i < 3; i++) {
      SocketId id = new SocketId("a");
      manager.connect("/" + i, new FakeSocket(id), List.of("room"));
      manager.disconnect("/" + i, id);
    }

    assertThat(manager.knownNamespaces()).isZero();
  }

  @Test
  void socketThatComesWhileTheLastOneLeavesIsKnown() {
    List<Integer> lost =
        IntStream.range(0, 2)
            .mapToObj(thread -> CompletableFuture.supplyAsync(() -> comeAndGo("s" + thread)))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(lost).containsExactly(0, 0);
    assertThat(manager.knownNamespaces()).isZero();
  }

  /** How often it was not found after it had come. */
  private int comeAndGo(String name) {
    SocketId id = new SocketId(name);
    LocalSocket socket = new FakeSocket(id);
    int lost = 0;
    for (int i = 0; i < TIMES; i++) {
      manager.connect("/", socket, List.of());
      lost += manager.isLocal("/", id) ? 0 : 1;
      manager.disconnect("/", id);
    }
    return lost;
  }
}
