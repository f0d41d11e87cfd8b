package io.starling.socketio.internal;

import io.starling.socketio.Handshake;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one client has to do with each namespace. Only the event loop of the client's session uses
 * this class.
 */
final class ClientNamespaces {
  /**
   * How many slots without a socket or request may be kept. A larger {@code
   * maxNamespacesPerConnection} replaces this bound.
   */
  private static final int MAX_ENDED = 1_000;

  /**
   * The slots by namespace, the oldest first. Most clients are in one namespace, so a map of one
   * slot is immutable and is replaced when a second one comes.
   */
  private Map<String, Slot> slots = Map.of();

  /** How many slots have a socket or a request. */
  private int taken;

  /** One namespace of the client. A slot has a socket or a request, or {@link #ended} is true. */
  static final class Slot {
    /** The socket of the client, which is connecting or connected. Null if there is none. */
    @Nullable DefaultSocket socket;

    /**
     * The request of the client that the predicates of the application have not decided yet. Null
     * if there is none. Each request is an object of its own, so that the answer to a withdrawn
     * request is not taken for the answer to a later one.
     */
    @Nullable Handshake asking;

    /**
     * Whether the server ended or replaced the client's socket. The client may not know of the end
     * yet, so its packets for the namespace are ignored and are no fault. False again when the
     * client is in the namespace again.
     */
    boolean ended;
  }

  @Nullable Slot get(String namespace) {
    return slots.get(namespace);
  }

  /** How many namespaces the client is in or asks for. */
  int taken() {
    return taken;
  }

  /** The sockets of the client, including those that are still connecting. */
  List<DefaultSocket> sockets() {
    return slots.values().stream().map(slot -> slot.socket).filter(Objects::nonNull).toList();
  }

  /** The slot of a namespace that the client is not in. The caller adds a socket or a request. */
  Slot take(String namespace) {
    taken++;
    return getOrMake(namespace);
  }

  /** The slot has a socket or a request no more. */
  void vacate(String namespace, Slot slot) {
    slot.socket = null;
    slot.asking = null;
    taken--;
    if (!slot.ended) {
      remove(namespace);
    }
  }

  /** The server ended the client's socket, so packets for the namespace are no fault any more. */
  void ended(String namespace, int maxNamespaces) {
    getOrMake(namespace).ended = true;
    if (slots.size() - taken > Math.max(MAX_ENDED, maxNamespaces)) {
      slots.entrySet().stream()
          .filter(each -> each.getValue().socket == null && each.getValue().asking == null)
          .findFirst()
          .ifPresent(oldest -> remove(oldest.getKey()));
    }
  }

  /** Forgets all requests that are not decided yet. */
  void forgetRequests() {
    slots.values().forEach(slot -> slot.asking = null);
  }

  private Slot getOrMake(String namespace) {
    Slot slot = slots.get(namespace);
    if (slot == null) {
      slot = new Slot();
      if (slots.isEmpty()) {
        slots = Map.of(namespace, slot);
      } else {
        slots = slots.size() == 1 ? new LinkedHashMap<>(slots) : slots;
        slots.put(namespace, slot);
      }
    }
    return slot;
  }

  private void remove(String namespace) {
    if (slots.size() == 1) {
      slots = Map.of();
    } else {
      slots.remove(namespace);
    }
  }
}
