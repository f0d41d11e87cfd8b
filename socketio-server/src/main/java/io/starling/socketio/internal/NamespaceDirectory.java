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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces of a server: those that were declared, and those that predicates let clients have.
 * The latter are there as long as they have clients. Safe for any thread; no lock is held while a
 * predicate runs.
 */
final class NamespaceDirectory {
  private final Endpoint endpoint;
  private final Logger log;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final List<Parent> parents = new CopyOnWriteArrayList<>();

  /** How many entries nobody declared. */
  private final AtomicInteger children = new AtomicInteger();

  /** What lets clients have namespaces; a pattern can say so without a client. */
  private record Parent(
      NamespacePredicate predicate, @Nullable Pattern pattern, HandlerTable handlers) {
    static Parent of(Pattern pattern) {
      return new Parent(
          (name, handshake) -> pattern.matcher(name).matches(), pattern, new HandlerTable());
    }
  }

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
    this(endpoint, LoggerFactory.getLogger("io.starling.socketio"));
  }

  NamespaceDirectory(Endpoint endpoint, Logger log) {
    this.endpoint = endpoint;
    this.log = log;
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
    List<HandlerTable> inherited = inherited(name);
    return entries.compute(name, (key, entry) -> declared(key, entry, inherited)).namespace;
  }

  /** The handlers of the first pattern that matches; warns of a predicate that is passed over. */
  private List<HandlerTable> inherited(String name) {
    List<HandlerTable> handlers = List.of();
    boolean unasked = false;
    for (Parent parent : parents) {
      if (parent.pattern() == null) {
        unasked = true;
      } else if (parent.pattern().matcher(name).matches()) {
        handlers = List.of(parent.handlers());
        break;
      }
    }
    if (unasked) {
      log.warn(
          "namespace {}: declared, so no predicate judges its clients and none lends it handlers"
              + " (expected: broadcast(\"{}\") where it is only emitted to)",
          name,
          name);
    }
    return handlers;
  }

  private Entry declared(String name, @Nullable Entry found, List<HandlerTable> inherited) {
    if (found == null) {
      return new Entry(new DefaultNamespace(endpoint, name, inherited), true);
    }
    if (!found.declared) {
      found.declared = true;
      children.decrementAndGet();
    }
    return found;
  }

  /** Handlers for the namespaces that the predicate lets clients have. */
  HandlerTable declare(NamespacePredicate predicate) {
    return declare(new Parent(predicate, null, new HandlerTable()));
  }

  /** Handlers for the namespaces whose whole name matches, also those that are declared later. */
  HandlerTable declare(Pattern names) {
    return declare(Parent.of(names));
  }

  private HandlerTable declare(Parent parent) {
    parents.add(parent);
    return parent.handlers();
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
          throw new ConnectRefusedException(Refusal.TOO_MANY_NAMESPACES.message());
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
