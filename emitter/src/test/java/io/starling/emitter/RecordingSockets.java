package io.starling.emitter;

import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.Operation;
import io.starling.manager.Rooms;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server's sockets that write down what reaches them. */
public final class RecordingSockets implements LocalServer {
  private final Map<String, Rooms> namespaces = new ConcurrentHashMap<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  /** The rooms of a namespace, which exists from now on. */
  public Rooms open(String namespace) {
    return namespaces.computeIfAbsent(namespace, name -> new Rooms());
  }

  @Override
  public @Nullable Rooms rooms(String namespace) {
    return namespaces.get(namespace);
  }

  /** A socket of this id; its identity is the object's. */
  public static LocalSocket socket(String id) {
    SocketId socketId = new SocketId(id);
    return () -> socketId;
  }

  /**
   * Each as {@code namespace [recipients] text}, in order of arrival; what is for nobody is not
   * here.
   */
  public List<String> log() {
    return log;
  }

  @Override
  public void send(
      String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
    if (recipients.iterator().hasNext()) {
      String text = StandardCharsets.UTF_8.decode(emit.event().json()).toString();
      log.add(namespace + " " + ids(recipients) + " " + text);
    }
  }

  /** Each recipient acknowledges with its id, except the one of the id {@code silent}. */
  @Override
  public int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      Operation.Emit emit,
      Duration timeout,
      AckCollector collector) {
    Set<String> ids = ids(recipients);
    for (String id : ids) {
      if (!id.equals("silent")) {
        byte[] answer = ("[\"" + id + "\"]").getBytes(StandardCharsets.UTF_8);
        collector.completed(new SocketId(id), new EventPayload(ByteBuffer.wrap(answer), List.of()));
      }
    }
    return ids.size();
  }

  @Override
  public void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {
    log.add(namespace + " " + ids(recipients) + (closeTransport ? " closed" : " disconnected"));
  }

  private static Set<String> ids(Iterable<? extends LocalSocket> sockets) {
    Set<String> ids = new TreeSet<>();
    sockets.forEach(socket -> ids.add(socket.id().value()));
    return ids;
  }
}
