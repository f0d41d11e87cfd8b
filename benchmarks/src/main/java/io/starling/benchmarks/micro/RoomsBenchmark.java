package io.starling.benchmarks.micro;

import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.Rooms;
import io.starling.manager.SocketId;
import io.starling.manager.local.LocalClientManager;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.EventPayloadCodec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures how the sockets that an emit addresses are found. Nothing is sent. */
@State(Scope.Thread)
public class RoomsBenchmark {
  private static final int SOCKETS = 10_000;
  private static final String NAMESPACE = "/";

  @Param({"1", "100", "10000"})
  private int members;

  private final LocalClientManager manager = new LocalClientManager();
  private final Counting sockets = new Counting();
  private final EventPayload event =
      EventPayloadCodec.standard().encodeEvent("msg", List.of("payload"));
  private final Recipients room = Recipients.room("room-0");

  /** Makes ten thousand sockets in rooms of {@code members} each. */
  @Setup
  public void prepare() {
    manager.start(sockets, new ManagerListener() {}, Runnable::run).toCompletableFuture().join();
    for (int i = 0; i < SOCKETS; i++) {
      SocketId id = new SocketId("socket-" + i);
      sockets.rooms.connect(() -> id, Set.of("room-" + i / members));
    }
  }

  /** Finds the members of one room. */
  @Benchmark
  public long room() {
    manager.perform(NAMESPACE, new Operation.Emit(room, event), io.starling.manager.Scope.CLUSTER);
    return sockets.reached;
  }

  /** Finds all sockets. */
  @Benchmark
  public long everybody() {
    manager.perform(
        NAMESPACE, new Operation.Emit(Recipients.ALL, event), io.starling.manager.Scope.CLUSTER);
    return sockets.reached;
  }

  private static final class Counting implements LocalServer {
    private final Rooms rooms = new Rooms();
    private long reached;

    @Override
    public Rooms rooms(String namespace) {
      return rooms;
    }

    @Override
    public void send(
        String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
      recipients.forEach(socket -> reached += socket.id().value().length());
    }

    @Override
    public int sendExpectingAck(
        String namespace,
        Iterable<? extends LocalSocket> recipients,
        Operation.Emit emit,
        Duration timeout,
        AckCollector collector) {
      throw new UnsupportedOperationException("no acks here");
    }

    @Override
    public void disconnect(
        String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {
      throw new UnsupportedOperationException("nobody is disconnected here");
    }
  }
}
