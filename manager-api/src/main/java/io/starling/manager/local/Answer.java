package io.starling.manager.local;

import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.LocalServer.AckCollector;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one host says to a question, or a part of that. The buffers of a payload stay valid. */
public sealed interface Answer {
  /**
   * The host takes part. Hosts say so to an emitter that asks, because an emitter does not know the
   * hosts.
   *
   * @param host the host that says so
   * @param others the other hosts that are alive as far as this host knows; null when it does not
   *     say, because it does not hear the others at present or because they are too many
   */
  record Present(HostInfo host, @Nullable Set<HostId> others) implements Answer {}

  /** The number of clients that the host sent the event to; may be 0. */
  record Asked(int clients) implements Answer {}

  /**
   * The acknowledgement of one client.
   *
   * @param answer null when the client left or did not answer in time, as in {@link AckCollector}
   */
  record Acked(SocketId socket, @Nullable EventPayload answer) implements Answer {}

  /**
   * A part of the sockets that a host found.
   *
   * @param count how many sockets the host has in all parts together
   * @param part the index of this part, from 0
   * @param parts how many parts there are; 0 when the host cannot answer
   */
  record Found(int count, int part, int parts, List<RemoteSocket<EventPayload>> sockets)
      implements Answer {}

  /** The reply of a server to a server event. */
  record Replied(EventPayload answer) implements Answer {}

  /**
   * The server does not reply to a server event.
   *
   * @param reason {@code NO_HANDLER} or {@code FAILED}
   */
  record Refused(Reason reason) implements Answer {}
}
