package io.starling.integration.contract;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.LocalSocket;
import io.starling.manager.LocalSockets;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Rooms;
import io.starling.manager.protocol.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The server's side of the port without a server: every {@link LocalSocket} is a FakeSocket. */
public final class FakeSockets implements LocalSockets {
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

  /** Makes a namespace, unless there is one of this name. */
  public Rooms open(String namespace) {
    return namespaces.computeIfAbsent(namespace, name -> new Rooms());
  }

  @Override
  public @Nullable Rooms rooms(String namespace) {
    return namespaces.get(namespace);
  }

  /** From now on answers wait for {@link #releaseReversed()}. */
  public void holdAnswers() {
    synchronized (held) {
      holding = true;
    }
  }

  /** Lets the answers go, the last first. */
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

  /** How many answers wait. */
  public int held() {
    synchronized (held) {
      return held.size();
    }
  }

  @Override
  public void send(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      EventPayload event,
      Set<EmitFlag> flags) {
    recipients.forEach(socket -> ((FakeSocket) socket).receive(event));
  }

  @Override
  public int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout,
      AckCollector collector) {
    int asked = 0;
    for (LocalSocket recipient : recipients) {
      FakeSocket socket = (FakeSocket) recipient;
      socket.receive(event);
      asked++;
      if (socket.answers()) {
        answer(collector, socket, socket.answerTo(event));
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

  /** Whether so much waits for the event loops that no more may come. */
  public void backlog(long bytes) {
    backlogBytes = bytes;
  }

  @Override
  public long backlogBytes() {
    return backlogBytes;
  }

  /** How this host's server answers the events of others; without this it has no handler. */
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
