package io.starling.client.engineio;

import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The HTTP clients of the process: one for all connections with equal TLS and proxy, since each has
 * a thread. Safe for any thread.
 */
public final class HttpClients {
  private static final Map<Key, Shared> OPEN = new HashMap<>();

  private HttpClients() {}

  /** Returns a client to use until the lease is closed. */
  public static Lease lease(Optional<SSLContext> ssl, Optional<ProxySelector> proxy) {
    Key key = new Key(ssl, proxy);
    synchronized (OPEN) {
      Shared shared = OPEN.computeIfAbsent(key, HttpClients::make);
      shared.leases++;
      return new Lease(key, shared.client);
    }
  }

  private static Shared make(Key key) {
    HttpClient.Builder builder =
        // By default the client asks for h2c, which some servers refuse.
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(ClientThreads.IO);
    key.ssl.ifPresent(builder::sslContext);
    key.proxy.or(() -> Optional.ofNullable(ProxySelector.getDefault())).ifPresent(builder::proxy);
    return new Shared(builder.build());
  }

  private static void release(Key key) {
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared != null && --shared.leases == 0) {
        OPEN.remove(key);
        shutdown(shared.client);
      }
    }
  }

  /**
   * Ends the thread of a client. Before Java 21 it ends when the client is collected as garbage.
   */
  private static void shutdown(HttpClient client) {
    try {
      HttpClient.class.getMethod("shutdownNow").invoke(client);
    } catch (NoSuchMethodException e) {
      return;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("HttpClient.shutdownNow: " + e, e);
    }
  }

  /** The right to use a client. */
  public static final class Lease {
    private final HttpClient client;
    private Optional<Key> key;

    private Lease(Key key, HttpClient client) {
      this.key = Optional.of(key);
      this.client = client;
    }

    HttpClient client() {
      return client;
    }

    /** Ends the lease. May be called more than once. */
    public void close() {
      Optional<Key> held;
      synchronized (OPEN) {
        held = key;
        key = Optional.empty();
      }
      held.ifPresent(HttpClients::release);
    }
  }

  private record Key(Optional<SSLContext> ssl, Optional<ProxySelector> proxy) {}

  private static final class Shared {
    final HttpClient client;
    int leases; // guarded by OPEN

    Shared(HttpClient client) {
      this.client = client;
    }
  }
}
