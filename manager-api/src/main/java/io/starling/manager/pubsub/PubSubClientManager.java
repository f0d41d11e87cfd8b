package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.BackendState;
import io.starling.manager.ClientManager;
import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.LocalSocket;
import io.starling.manager.LocalSockets;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.Recipients;
import io.starling.manager.SocketId;
import io.starling.manager.memory.InMemoryClientManager;
import io.starling.manager.protocol.EventPayload;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.CloseRoom;
import io.starling.manager.pubsub.PubSubMessage.Disconnect;
import io.starling.manager.pubsub.PubSubMessage.Emit;
import io.starling.manager.pubsub.PubSubMessage.Join;
import io.starling.manager.pubsub.PubSubMessage.Leave;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The manager of a cluster: serves the sockets of this process first, then publishes; what others
 * publish is served to the sockets of this process and goes no further. Knows no broker.
 */
public final class PubSubClientManager implements ClientManager {
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final String CLOSED = "manager: closed (expected: an open one)";

  private final PubSubBackend backend;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final HostId self = HostId.random();
  private final InMemoryClientManager local = new InMemoryClientManager(self);
  private final PendingRequests pending;
  private volatile @Nullable Running running;
  private volatile boolean closed;

  /** What exists once the manager was started. */
  private record Running(PubSubPublisher publisher, Membership membership, Executor callbacks) {}

  /**
   * A manager that is not started.
   *
   * @param backend not started, and not used by anyone else
   */
  public PubSubClientManager(PubSubBackend backend, PubSubSettings settings) {
    this(backend, settings, ManagerThread.start("starling-manager-publisher-0"));
  }

  PubSubClientManager(PubSubBackend backend, PubSubSettings settings, ManagerThread thread) {
    this.backend = backend;
    this.settings = settings;
    this.thread = thread;
    this.pending = new PendingRequests(thread);
  }

  @Override
  public CompletionStage<Void> start(
      LocalSockets sockets, ManagerListener listener, Executor callbacks) {
    SafeListener safe = new SafeListener(listener);
    BusContext context = new BusContext(self, settings, backend, thread, safe, callbacks);
    local.start(sockets, ManagerListener.NONE, callbacks);
    PubSubPublisher publisher = new PubSubPublisher(context, SentFrames.HOST_BYTES);
    Membership membership = new Membership(context, publisher, pending);
    BusReceiver receiver = new BusReceiver(context, local, publisher, membership);
    running = new Running(publisher, membership, callbacks);
    CompletableFuture<Void> started = new CompletableFuture<>();
    membership
        .start(receiver)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                callbacks.execute(() -> started.complete(null));
              } else {
                // Closing waits for the thread that is likely to be this one.
                callbacks.execute(
                    () -> {
                      close(false);
                      started.completeExceptionally(failure);
                    });
              }
            });
    return started;
  }

  @Override
  public HostId hostId() {
    return self;
  }

  @Override
  public BackendState state() {
    Running now = running;
    if (closed) {
      return BackendState.CLOSED;
    }
    return now == null ? BackendState.STARTING : now.membership().state();
  }

  @Override
  public Set<HostId> hosts() {
    Running now = running;
    return now == null ? Set.of(self) : now.membership().hosts();
  }

  @Override
  public void connect(String namespace, LocalSocket socket, Collection<String> rooms) {
    local.connect(namespace, socket, rooms);
  }

  @Override
  public void disconnect(String namespace, SocketId socket) {
    local.disconnect(namespace, socket);
  }

  @Override
  public boolean isLocal(String namespace, SocketId socket) {
    return local.isLocal(namespace, socket);
  }

  @Override
  public boolean join(String namespace, SocketId socket, Collection<String> rooms) {
    return local.join(namespace, socket, rooms);
  }

  @Override
  public boolean leave(String namespace, SocketId socket, Collection<String> rooms) {
    return local.leave(namespace, socket, rooms);
  }

  @Override
  public Set<String> rooms(String namespace, SocketId socket) {
    return local.rooms(namespace, socket);
  }

  @Override
  public Set<SocketId> localMembers(String namespace, Recipients recipients) {
    return local.localMembers(namespace, recipients);
  }

  @Override
  public CompletionStage<Accepted> emit(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags) {
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Emit(namespace, recipients, flags, publisher().nextEmit(), null, event),
        () -> local.emit(namespace, recipients, event, flags));
  }

  @Override
  public CompletionStage<AckResponses<EventPayload>> emitWithAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout) {
    if (closed || recipients.nobody() || flags.contains(EmitFlag.LOCAL)) {
      return closed
          ? CompletableFuture.failedStage(new ManagerException(CLOSED))
          : local.emitWithAck(namespace, recipients, event, flags, timeout);
    }
    PubSubPublisher publisher = publisher();
    Set<HostId> asked = hosts();
    PendingRequests.Pending mine = pending.open(asked, timeout);
    Set<HostId> alive = hosts();
    asked.stream().filter(host -> !alive.contains(host)).forEach(mine.request()::left);
    try {
      int millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
      ReplyTo replyTo = new ReplyTo(mine.id(), settings.inboxOf(self), millis);
      ByteBuffer message =
          MessageCodec.encode(
              new Emit(namespace, recipients, flags, publisher.nextEmit(), replyTo, event));
      int here =
          local.sendExpectingAck(
              namespace,
              recipients,
              event,
              flags,
              timeout,
              (socket, answer) -> mine.request().answered(self, socket, answer));
      mine.request().asked(self, here);
      publisher
          .publish(settings.allChannel(), message, Share.NORMAL)
          .whenComplete(
              (accepted, failure) -> {
                if (failure != null) {
                  mine.request().fail(failure);
                }
              });
    } catch (ManagerException | IllegalArgumentException e) {
      mine.request().fail(e);
    }
    return onCallbacks(mine.request().result());
  }

  @Override
  public CompletionStage<Accepted> socketsJoin(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    Set<String> copy = Set.copyOf(rooms);
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Join(namespace, recipients, copy),
        () -> local.socketsJoin(namespace, recipients, copy, flags));
  }

  @Override
  public CompletionStage<Accepted> socketsLeave(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    Set<String> copy = Set.copyOf(rooms);
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Leave(namespace, recipients, copy),
        () -> local.socketsLeave(namespace, recipients, copy, flags));
  }

  @Override
  public CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags) {
    return both(
        flags.contains(EmitFlag.LOCAL),
        () -> new CloseRoom(namespace, room),
        () -> local.closeRoom(namespace, room, flags));
  }

  @Override
  public CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags) {
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Disconnect(namespace, recipients, closeTransport),
        () -> local.disconnectSockets(namespace, recipients, closeTransport, flags));
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return publisher().whenWritable();
  }

  @Override
  public void close() {
    close(true);
  }

  /** Says goodbye only where somebody may listen: without a broker the drain would time out. */
  private void close(boolean started) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    local.close();
    Running now = running;
    if (now == null) {
      thread.shutdown();
      return;
    }
    now.membership().close();
    if (started) {
      now.publisher().publish(settings.allChannel(), MessageCodec.encode(new Bye()), Share.RESERVE);
      now.publisher().drain(DRAIN);
    }
    pending.expireAll();
    now.publisher().release(CLOSED);
  }

  /** Encodes before anything happens, then here, then everywhere else. */
  private CompletionStage<Accepted> both(
      boolean onlyHere,
      Supplier<PubSubMessage> message,
      Supplier<CompletionStage<Accepted>> locally) {
    if (closed) {
      return CompletableFuture.failedStage(new ManagerException(CLOSED));
    }
    try {
      ByteBuffer encoded = onlyHere ? null : MessageCodec.encode(message.get());
      CompletionStage<Accepted> here = locally.get();
      return encoded == null
          ? here
          : publisher().publish(settings.allChannel(), encoded, Share.NORMAL);
    } catch (ManagerException | IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private PubSubPublisher publisher() {
    return requireNonNull(running, "not started").publisher();
  }

  private <T> CompletionStage<T> onCallbacks(CompletionStage<T> result) {
    return result.thenApplyAsync(r -> r, requireNonNull(running, "not started").callbacks());
  }
}
