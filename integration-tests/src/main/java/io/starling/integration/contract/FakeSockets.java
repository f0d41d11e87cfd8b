package io.starling.integration.contract;

import io.starling.manager.HostId;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Rooms;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a host, as a manager sees them, without a server behind them. Every {@link
 * LocalSocket} must be a {@link FakeSocket}.
 */
public final class FakeSockets implements LocalServer {
  private final Map<String, Rooms> namespaces = new ConcurrentHashMap<>();
  private final List<Runnable> held = new ArrayList<>();
  private volatile BiConsumer<EventPayload, @Nullable ServerReply> serverHandler =
      (event, reply) -> {
        if (reply != null) {
          reply.refused(Reason.NO_HANDLER);
        }
      };
  private volatile long backlogBytes;
  private boolean holding;

  /** Creates a namespace, or returns the existing one of this name. */
  public Rooms open(String namespace) {
    return namespaces.computeIfAbsent(namespace, name -> new Rooms());
  }

  @Override
  public @Nullable Rooms rooms(String namespace) {
    return namespaces.get(namespace);
  }

  /** Keeps the answers of all sockets back until {@link #releaseReversed()}. */
  public void holdAnswers() {
    synchronized (held) {
      holding = true;
    }
  }

  /** Delivers the answers that were kept back, the last one first. */
  public void releaseReversed() {
    List<Runnable> all;
    synchronized (held) {
      holding = false;
      all = new ArrayList<>(held);
      held.clear();
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).run();
    }
  }

  /** The number of answers that are kept back. */
  public int held() {
    synchronized (held) {
      return held.size();
    }
  }

  @Override
  public void send(
      String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
    recipients.forEach(socket -> ((FakeSocket) socket).receive(emit.event()));
  }

  @Override
  public int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      Operation.Emit emit,
      Duration timeout,
      AckCollector collector) {
    int asked = 0;
    for (LocalSocket recipient : recipients) {
      FakeSocket socket = (FakeSocket) recipient;
      socket.receive(emit.event());
      asked++;
      if (socket.answers()) {
        answer(collector, socket, socket.answerTo(emit.event()));
      } else {
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .execute(() -> collector.completed(socket.id(), null));
      }
    }
    return asked;
  }

  @Override
  public void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {
    recipients.forEach(
        socket -> ((FakeSocket) socket).add(closeTransport ? "closed" : "disconnected"));
  }

  /**
   * Sets what {@link #backlogBytes()} returns. A manager refuses emits while this number is too
   * high.
   */
  public void backlog(long bytes) {
    backlogBytes = bytes;
  }

  @Override
  public long backlogBytes() {
    return backlogBytes;
  }

  /**
   * Sets how the server of this host answers events that other hosts send to servers. Without this
   * call the server has no handler.
   *
   * @param handler gets the event, and the reply to complete; the reply is null when no answer is
   *     wanted
   */
  public void onServerEvent(BiConsumer<EventPayload, @Nullable ServerReply> handler) {
    serverHandler = handler;
  }

  @Override
  public void serverEvent(
      String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
    serverHandler.accept(event, reply);
  }

  private void answer(AckCollector collector, FakeSocket socket, @Nullable EventPayload answer) {
    Runnable reply = () -> collector.completed(socket.id(), answer);
    synchronized (held) {
      if (holding) {
        held.add(reply);
        return;
      }
    }
    reply.run();
  }
}
