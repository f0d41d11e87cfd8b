package io.starling.socketio.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The network settings of a server beside its address: origins, proxies, TLS, compression, threads
 * and timeouts. The methods of {@code SocketIoServerConfig.Builder} with the same names set and
 * explain them.
 *
 * @param cors decides which web pages may connect to the endpoints
 * @param trustedProxies decides by its address whether a peer is a trusted proxy
 * @param cookie the cookie that is set when a session opens
 * @param tls the server's certificate; without it the server speaks {@code http} and {@code ws}
 * @param clientCertificates how clients are asked for certificates; only together with {@code tls}
 * @param httpCompression the size from which responses to polls and static text files are
 *     compressed
 * @param webSocketCompression the size from which WebSocket messages are compressed
 * @param io the interface of the operating system for network input and output; if empty, the best
 *     one that works on the machine
 * @param eventLoopThreads the number of event loop threads
 * @param requestTimeout the time that a connection has to send a complete request
 * @param keepAliveTimeout the time that a connection stays open after a response without a further
 *     request
 * @param maxRequestBodyBytes the largest body of an HTTP request to the application's handler
 */
public record TransportConfig(
    CorsPolicy cors,
    Predicate<InetAddress> trustedProxies,
    Optional<SessionCookie> cookie,
    Optional<TlsConfig> tls,
    Optional<ClientCertificates> clientCertificates,
    CompressionThreshold httpCompression,
    CompressionThreshold webSocketCompression,
    Optional<IoKind> io,
    int eventLoopThreads,
    Duration requestTimeout,
    Duration keepAliveTimeout,
    int maxRequestBodyBytes) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming every setting that is out of range
   */
  public TransportConfig {
    List<String> faults = new ArrayList<>();
    if (eventLoopThreads < 1) {
      faults.add("eventLoopThreads: " + eventLoopThreads + " (expected: > 0)");
    }
    if (requestTimeout.toMillis() <= 0) {
      faults.add("requestTimeout: " + requestTimeout + " (expected: at least PT0.001S)");
    }
    if (keepAliveTimeout.toMillis() <= 0) {
      faults.add("keepAliveTimeout: " + keepAliveTimeout + " (expected: at least PT0.001S)");
    }
    if (maxRequestBodyBytes < 1) {
      faults.add("maxRequestBodyBytes: " + maxRequestBodyBytes + " (expected: > 0)");
    }
    if (clientCertificates.isPresent() && tls.isEmpty()) {
      faults.add("clientCertificates: given (expected: tls beside it)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
