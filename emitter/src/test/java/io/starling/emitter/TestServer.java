package io.starling.emitter;

import io.starling.manager.ClientManager;
import io.starling.manager.ClientManagerFactory;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Redis for all tests of a class, and on it a server for each test, which has the clients {@code
 * ann}, who is in the room {@code news}, and {@code bob}.
 */
public final class TestServer implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private final Redis redis = new Redis();
  private RecordingSockets sockets = new RecordingSockets();

  @SuppressWarnings("NullAway.Init")
  private ClientManager manager;

  @Override
  public void beforeEach(ExtensionContext test) throws Exception {
    sockets = new RecordingSockets();
    manager = ClientManagerFactory.create(redis.url());
    manager
        .start(sockets, ManagerListener.NONE, ForkJoinPool.commonPool())
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    sockets.open("/").connect(RecordingSockets.socket("ann"), List.of("news"));
    sockets.open("/").connect(RecordingSockets.socket("bob"), List.of());
  }

  @Override
  public void afterEach(ExtensionContext test) {
    manager.close();
  }

  @Override
  public void afterAll(ExtensionContext test) {
    redis.close();
  }

  public String url() {
    return redis.url();
  }

  public HostId id() {
    return manager.hostId();
  }

  public RecordingSockets sockets() {
    return sockets;
  }

  /** What reached the clients: see {@link RecordingSockets#log}. */
  public List<String> log() {
    return sockets.log();
  }
}
