package io.starling.socketio.internal;

import io.starling.manager.protocol.WireName;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.NamespacePredicate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of a server: those that were declared, and those that predicates let clients have.
 * The latter are there as long as they have clients. Safe for any thread; no lock is held while a
 * predicate runs.
 */
final class NamespaceDirectory {
  private final Endpoint endpoint;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final List<Parent> parents = new CopyOnWriteArrayList<>();

  /** How many entries nobody declared. */
  private final AtomicInteger children = new AtomicInteger();

  private record Parent(NamespacePredicate predicate, HandlerTable handlers) {}

  /** Changed within {@code compute} of the map only. */
  private static final class Entry {
    final DefaultNamespace namespace;
    volatile boolean declared;

    /** Clients that connect, are in, or whose disconnect handlers have not all run. */
    int clients;

    Entry(DefaultNamespace namespace, boolean declared) {
      this.namespace = namespace;
      this.declared = declared;
    }
  }

  NamespaceDirectory(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** The namespace of this name, which stays from now on. */
  DefaultNamespace declare(String name) {
    DefaultNamespace found = declared(name);
    if (found != null) {
      return found;
    }
    if (!name.startsWith("/") || name.indexOf(',') >= 0) {
      throw new IllegalArgumentException(
          "namespace: " + name + " (expected: a leading slash and no comma)");
    }
    WireName.require("namespace", name);
    return entries.compute(name, this::declared).namespace;
  }

  private Entry declared(String name, @Nullable Entry found) {
    if (found == null) {
      return new Entry(new DefaultNamespace(endpoint, name, List.of()), true);
    }
    if (!found.declared) {
      found.declared = true;
      children.decrementAndGet();
    }
    return found;
  }

  /** Handlers for the namespaces that the predicate lets clients have. */
  HandlerTable declare(NamespacePredicate predicate) {
    HandlerTable handlers = new HandlerTable();
    parents.add(new Parent(predicate, handlers));
    return handlers;
  }

  /** Whether clients may have namespaces that nobody declared. */
  boolean hasPredicates() {
    return !parents.isEmpty();
  }

  @Nullable DefaultNamespace declared(String name) {
    Entry entry = entries.get(name);
    return entry == null || !entry.declared ? null : entry.namespace;
  }

  @Nullable DefaultNamespace find(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : entry.namespace;
  }

  /** Those of now, whether anybody declared them or not. */
  List<DefaultNamespace> present() {
    return entries.values().stream().map(entry -> entry.namespace).toList();
  }

  Collection<Namespace> all() {
    return List.copyOf(present());
  }

  /**
   * Asks the predicates, on a handler thread.
   *
   * @return the namespace, to be given back by {@link #left}; null when none is for this client
   * @throws Exception what a predicate threw, or {@link ConnectRefusedException} when there are too
   *     many namespaces
   */
  @Nullable DefaultNamespace admit(String name, Handshake handshake) throws Exception {
    for (Parent parent : parents) {
      if (parent.predicate().test(name, handshake)) {
        Entry entry = entries.compute(name, (key, found) -> entered(key, found, parent));
        if (entry == null) {
          throw new ConnectRefusedException("Too many namespaces");
        }
        return entry.namespace;
      }
    }
    return null;
  }

  private @Nullable Entry entered(String name, @Nullable Entry found, Parent parent) {
    Entry entry = found;
    if (entry == null) {
      if (children.incrementAndGet() > endpoint.config().maxDynamicNamespaces()) {
        children.decrementAndGet();
        return null;
      }
      entry = new Entry(new DefaultNamespace(endpoint, name, List.of(parent.handlers())), false);
    }
    entry.clients++;
    return entry;
  }

  /** A client of a namespace is gone, and nothing will happen there on its behalf any more. */
  void left(DefaultNamespace namespace) {
    if (declared(namespace.name()) == null) {
      entries.computeIfPresent(namespace.name(), (name, entry) -> left(entry));
    }
  }

  private @Nullable Entry left(Entry entry) {
    entry.clients--;
    if (entry.declared || entry.clients > 0 || !endpoint.config().cleanupEmptyNamespaces()) {
      return entry;
    }
    children.decrementAndGet();
    return null;
  }
}
