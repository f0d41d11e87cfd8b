package io.starling.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The generator against a server that does what is asked of it, and against faulty ones. */
@EnabledOnOs(OS.LINUX) // the costs are read from /proc
class LoadTest {
  private static final int CLIENTS = 6;
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final int ENOUGH = 10;
  private static final int PATIENCE = 100;

  private final SocketIoServer server =
      SocketIoServer.create(SocketIoServerConfig.builder().port(0).build());
  private final Namespace all = server.root();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger received = new AtomicInteger();

  @AfterEach
  void close() {
    server.close();
  }

  /** What the server does with the n-th broadcast, from 1. */
  private interface Broadcast {
    void received(int number, Arguments arguments);
  }

  private Map<Fault, Long> faults(Workload workload, Broadcast broadcast) {
    all.onConnect(socket -> sockets.add(socket));
    all.on(
        "echo",
        (socket, arguments, ack) -> {
          received.incrementAndGet();
          ack.send(arguments.get(0));
        });
    all.on(
        "join",
        (socket, arguments, ack) -> {
          socket.join(String.valueOf(arguments.get(0)));
          ack.send("ok");
        });
    all.on(
        "bcast",
        (socket, arguments, ack) -> broadcast.received(received.incrementAndGet(), arguments));
    server.start();
    Host host =
        new Host(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
            ProcessHandle.current().pid());
    try (Load load = Load.connect(workload, List.of(host))) {
      for (int i = 0; i < PATIENCE && received.get() < ENOUGH; i++) {
        load.measure(SHORT);
      }
      return load.finish();
    }
  }

  private void right(Arguments arguments) {
    if (arguments.get(0) == null) {
      all.emit("msg", arguments.get(1));
    } else {
      all.to(String.valueOf(arguments.get(0))).emit("msg", arguments.get(1));
    }
  }

  private static Workload toEverybody() {
    return Workload.broadcast("test", CLIENTS, 4);
  }

  @Test
  void aRightServerHasNoFaults() {
    assertThat(faults(toEverybody(), (number, arguments) -> right(arguments))).isEmpty();
  }

  @Test
  void roomsOfSeveralMembersAreServedWithoutFault() {
    Workload rooms = toEverybody().rooms(3);
    assertThat(faults(rooms, (number, arguments) -> right(arguments))).isEmpty();
  }

  @Test
  void clientsOfSeveralRoomsAreServedWithoutFault() {
    Workload rooms = toEverybody().rooms(20).payload(65_536);
    assertThat(faults(rooms, (number, arguments) -> right(arguments))).isEmpty();
  }

  @Test
  void acksAreServedWithoutFault() {
    Workload echo = Workload.echo("test", CLIENTS, 3);
    assertThat(faults(echo, (number, arguments) -> right(arguments))).isEmpty();
  }

  @Test
  void aLostDeliveryIsNoticed() {
    assertThat(
            faults(
                toEverybody().perSecond(200),
                (number, arguments) -> {
                  boolean loses = number == 5;
                  sockets.stream()
                      .skip(loses ? 1 : 0)
                      .forEach(each -> each.emit("msg", arguments.get(1)));
                }))
        .containsExactly(entry(Fault.MISSING, 1L));
  }

  @Test
  void aDeliveryThatComesTwiceIsNoticed() {
    assertThat(
            faults(
                toEverybody(),
                (number, arguments) -> {
                  right(arguments);
                  if (number == 5) {
                    sockets.get(0).emit("msg", arguments.get(1));
                  }
                }))
        .containsExactly(entry(Fault.DUPLICATE, 1L));
  }

  @Test
  void aDeliveryOutOfOrderIsNoticed() {
    List<Object> held = new CopyOnWriteArrayList<>();
    assertThat(
            faults(
                toEverybody(),
                (number, arguments) -> {
                  if (number == 5) {
                    held.add(arguments.get(1));
                  } else {
                    right(arguments);
                  }
                  if (number == 6) {
                    all.emit("msg", held.get(0));
                  }
                }))
        .containsExactly(entry(Fault.REORDERED, CLIENTS + 1L));
  }

  @Test
  void aDeliveryToAnotherRoomIsNoticed() {
    assertThat(
            faults(
                toEverybody().rooms(2),
                (number, arguments) -> {
                  right(arguments);
                  if (number == 5) {
                    String other = "room-0".equals(arguments.get(0)) ? "room-1" : "room-0";
                    all.to(other).emit("msg", arguments.get(1));
                  }
                }))
        .containsExactly(entry(Fault.WRONG_ROOM, CLIENTS / 2L));
  }

  @Test
  void changedBytesAreNoticed() {
    assertThat(
            faults(
                toEverybody(),
                (number, arguments) -> {
                  right(arguments);
                  if (number == 5) {
                    sockets.get(0).emit("msg", arguments.get(1) + "!");
                  }
                }))
        .containsExactly(entry(Fault.MALFORMED, 1L));
  }

  @Test
  void aConnectionThatEndsIsNoticed() {
    assertThat(
            faults(
                toEverybody().perSecond(200),
                (number, arguments) -> {
                  right(arguments);
                  if (number == 5) {
                    sockets.get(0).disconnect(true);
                  }
                }))
        .containsKeys(Fault.DISCONNECTED, Fault.MISSING);
  }
}
