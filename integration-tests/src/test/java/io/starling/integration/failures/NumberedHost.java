package io.starling.integration.failures;

import static java.util.Objects.requireNonNullElse;

import io.starling.manager.BroadcastOperator;
import io.starling.manager.BusCount;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.pubsub.ClusterClientManager;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.PubSubSettings;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A process of the matrix: {@code host NAME URL PREFIX PORT} or {@code emitter NAME URL PREFIX}. It
 * is driven by lines of its standard input: {@code go KIND}, {@code stop}, {@code labels}, {@code
 * report}, {@code quit}. Each client is put into the room that its handshake names.
 */
public final class NumberedHost {
  private final TappedBackend backend;
  private final Numbers numbers;
  private final Supplier<ManagerStatistics> statistics;
  private final Runnable close;

  private NumberedHost(
      TappedBackend backend,
      Numbers numbers,
      Supplier<ManagerStatistics> statistics,
      Runnable close) {
    this.backend = backend;
    this.numbers = numbers;
    this.statistics = statistics;
    this.close = close;
  }

  /** Runs until its input ends or says {@code quit}. */
  public static void main(String[] arguments) throws IOException {
    String name = arguments[1];
    TappedBackend backend = TappedBackend.of(arguments[2], name);
    PubSubSettings settings = PubSubSettings.DEFAULTS.withPrefix(arguments[3]);
    NumberedHost process =
        arguments[0].equals("emitter")
            ? emitter(name, backend, settings)
            : host(name, backend, settings, Integer.parseInt(arguments[4]));
    process.serve();
  }

  private static NumberedHost host(
      String name, TappedBackend backend, PubSubSettings settings, int port) {
    SocketIoServer server =
        SocketIoServer.create(
            SocketIoServerConfig.builder()
                .port(port)
                .host("127.0.0.1")
                .manager(new ClusterClientManager(backend, settings))
                .managerListener(Telling.listener("manager"))
                .build());
    server
        .root()
        .onConnect(
            socket -> {
              socket.join(requireNonNullElse(socket.handshake().auth("room"), "none"));
              socket.emit("host", name);
            });
    server.start();
    Telling.say("ready", server.port(), server.hostId());
    return new NumberedHost(
        backend, new Numbers(name, server.broadcast()), server::managerStatistics, server::close);
  }

  private static NumberedHost emitter(String name, TappedBackend backend, PubSubSettings settings) {
    PubSubPublisher publisher =
        PubSubPublisher.create(
            backend, settings, Telling.listener("emitter"), ForkJoinPool.commonPool());
    publisher.start().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    Telling.say("ready", 0, "emitter");
    BroadcastOperator everybody =
        BroadcastOperator.of(publisher, EventPayloadCodec.standard(), "/");
    return new NumberedHost(
        backend, new Numbers(name, everybody), publisher::statistics, publisher::close);
  }

  private void serve() throws IOException {
    try {
      Telling.obey(this::obey);
    } finally {
      close.run();
      Telling.say("closed");
    }
  }

  private void obey(String[] command) {
    switch (command[0]) {
      case "go" -> numbers.start(command[1]);
      case "stop" -> {
        Telling.say("origin", backend.origin());
        numbers.stop();
      }
      case "labels" -> Telling.say("labels", backend.labels());
      case "report" -> report();
      default -> Telling.say("broken", "unknown command " + command[0]);
    }
  }

  private void report() {
    ManagerStatistics now = statistics.get();
    StringBuilder text = new StringBuilder();
    for (BusCount count :
        new BusCount[] {
          BusCount.MISSING, BusCount.REPAIRED, BusCount.DUPLICATES, BusCount.PUBLISH_FAILURES,
          BusCount.REFUSED, BusCount.UNRECEIVED, BusCount.REJECTED_FRAMES, BusCount.SKIPPED_MESSAGES
        }) {
      String name = count.name().toLowerCase(Locale.ROOT);
      text.append(name).append('=').append(now.get(count)).append(' ');
    }
    Telling.say(
        "report",
        text
            + "threads="
            + Thread.getAllStackTraces().size()
            + " hosts="
            + now.hosts()
            + " outbox="
            + now.outboxBytes()
            + " state="
            + now.state()
            + numbers.questions());
  }
}
