package io.starling.socketio.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.manager.BackendState;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.WebRequest;
import io.starling.socketio.http.WebResponse;
import io.starling.socketio.metrics.PrometheusScrape;
import io.starling.socketio.netty.NettyServer;
import io.starling.socketio.netty.NettyServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The management port, which answers {@code /healthz}, {@code /readyz} and {@code /metrics} over
 * HTTP. It has its own event loop and handler thread, so it answers even when all handlers of the
 * server are blocked.
 */
final class Management implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);
  private static final int MAX_WAITING = 16;
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final boolean readyNeedsBroker;
  private final Supplier<Condition> condition;
  private final @Nullable PrometheusScrape metrics;
  private final NettyServer netty;
  private final ThreadPoolExecutor executor;

  /**
   * What {@code /readyz} reports of the server.
   *
   * @param listening whether the server has opened its port; stays true when the server closes
   * @param draining whether the server is closing or closed
   * @param manager the state of the manager's connection to its broker
   */
  record Condition(boolean listening, boolean draining, BackendState manager) {}

  private Management(
      SocketIoServerConfig config,
      int port,
      Supplier<Condition> condition,
      @Nullable PrometheusScrape metrics) {
    this.readyNeedsBroker = config.readyNeedsBroker();
    this.condition = condition;
    this.metrics = metrics;
    SocketIoServerConfig.Builder transport = SocketIoServerConfig.builder().eventLoopThreads(1);
    config.transport().io().ifPresent(transport::io);
    this.netty =
        new NettyServer(
            new NettyServerConfig(
                Optional.of(config.managementHost()),
                port,
                "management",
                transport.build().transport()));
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            HandlerThreads.daemons("management", "handler"));
    executor.allowCoreThreadTimeOut(true);
    netty.onRequest(
        this::answer, executor, (request, cause) -> LOG.error("{} failed", request.path(), cause));
  }

  /** The management port of a server; empty when the settings have none. */
  static Optional<Management> of(
      SocketIoServerConfig config, SocketIoServer server, Supplier<Condition> condition) {
    return config
        .managementPort()
        .map(port -> new Management(config, port, condition, metrics(server)));
  }

  /**
   * Begins to listen. Blocks until the port is bound.
   *
   * @throws UncheckedIOException if the port cannot be bound; the message names the setting at
   *     fault
   */
  InetSocketAddress start() {
    try {
      return netty.start();
    } catch (UncheckedIOException e) {
      IOException failure = new IOException("management-" + e.getMessage(), e);
      throw new UncheckedIOException(failure.getMessage(), failure);
    }
  }

  @Override
  public void close() {
    netty.close();
    executor.shutdown();
    if (metrics != null) {
      metrics.close();
    }
  }

  private static @Nullable PrometheusScrape metrics(SocketIoServer server) {
    try {
      return new PrometheusScrape(server::statistics, server::managerStatistics);
    } catch (NoClassDefFoundError e) {
      LOG.info("/metrics: off (expected: micrometer-registry-prometheus on the class path)");
      return null;
    }
  }

  private CompletionStage<WebResponse> answer(WebRequest request) {
    return CompletableFuture.completedFuture(response(request));
  }

  private WebResponse response(WebRequest request) {
    boolean known = request.path().matches("/healthz|/readyz|/metrics");
    if (known && !request.method().matches("GET|HEAD")) {
      return WebResponse.of(405).withHeader("Allow", "GET, HEAD");
    }
    return switch (request.path()) {
      case "/healthz" -> WebResponse.text("ok\n");
      case "/readyz" -> readiness(readyNeedsBroker || request.query().containsKey("broker"));
      case "/metrics" -> metrics();
      default -> text(404, "Not found\n");
    };
  }

  private WebResponse readiness(boolean withBroker) {
    Condition now = condition.get();
    boolean ready =
        now.listening() && !now.draining() && (!withBroker || now.manager() == BackendState.UP);
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("ready", ready)
            .put("listening", now.listening())
            .put("draining", now.draining())
            .put("broker", now.manager().name())
            .toString();
    return WebResponse.of(ready ? 200 : 503)
        .withHeader("Cache-Control", "no-store")
        .withBody("application/json", body.getBytes(UTF_8));
  }

  private WebResponse metrics() {
    return metrics == null
        ? text(404, "metrics: none (expected: micrometer-registry-prometheus)\n")
        : WebResponse.of(200).withBody(METRICS_TYPE, metrics.text().getBytes(UTF_8));
  }

  private static WebResponse text(int status, String text) {
    return WebResponse.of(status).withBody("text/plain; charset=UTF-8", text.getBytes(UTF_8));
  }
}
