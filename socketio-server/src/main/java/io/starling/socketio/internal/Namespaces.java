package io.starling.socketio.internal;

import io.starling.protocol.payload.WireName;
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
 * The namespaces of a server. Declared namespaces stay. A client may also ask for a namespace that
 * was not declared. Such a namespace is created if a predicate or pattern of the application
 * accepts the client. It is removed after its last client has left, if {@code
 * cleanupEmptyNamespaces} is set. Safe for any thread; no lock is held while a predicate runs.
 */
final class Namespaces {
  private final Endpoint endpoint;
  private final Logger log;
  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();
  private final List<Parent> parents = new CopyOnWriteArrayList<>();

  /** How many namespaces in {@link #entries} are not declared. */
  private final AtomicInteger children = new AtomicInteger();

  /**
   * A rule that lets clients have namespaces, with the handlers of these namespaces.
   *
   * @param predicate decides whether a client may have a namespace
   * @param pattern the pattern that the rule was made from; null if the rule is a predicate. A
   *     pattern decides by the name alone, so it also gives its handlers to declared namespaces.
   * @param handlers the handlers of the namespaces that the rule allows
   */
  private record Parent(
      NamespacePredicate predicate, @Nullable Pattern pattern, Handlers handlers) {}

  /**
   * One namespace. The fields change only within {@code compute} and {@code computeIfPresent} of
   * {@link #entries}, which run one at a time for each name.
   */
  private static final class Entry {
    final DefaultNamespace namespace;
    volatile boolean declared;

    /**
     * How many clients that predicates accepted are connecting, connected, or have disconnect
     * handlers that have not all run.
     */
    int clients;

    Entry(DefaultNamespace namespace, boolean declared) {
      this.namespace = namespace;
      this.declared = declared;
    }
  }

  Namespaces(Endpoint endpoint) {
    this(endpoint, LoggerFactory.getLogger("io.starling.socketio"));
  }

  Namespaces(Endpoint endpoint, Logger log) {
    this.endpoint = endpoint;
    this.log = log;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * Declares a namespace and creates it if it does not exist. A declared namespace is never
   * removed.
   */
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
    Handlers inherited = inherited(name);
    return entries.compute(name, (key, entry) -> declared(key, entry, inherited)).namespace;
  }

  /**
   * The handlers of the first pattern that matches, or else those of any namespace. Logs a warning
   * if a predicate comes before this pattern, because the predicate does not apply to declared
   * namespaces.
   */
  private Handlers inherited(String name) {
    Handlers handlers = endpoint.anyNamespace();
    boolean unasked = false;
    for (Parent parent : parents) {
      if (parent.pattern() == null) {
        unasked = true;
      } else if (parent.pattern().matcher(name).matches()) {
        handlers = parent.handlers();
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

  private Entry declared(String name, @Nullable Entry found, Handlers inherited) {
    if (found == null) {
      return new Entry(new DefaultNamespace(endpoint, name, inherited), true);
    }
    if (!found.declared) {
      found.declared = true;
      children.decrementAndGet();
    }
    return found;
  }

  /** Adds a predicate and returns the handlers of the namespaces that it will allow. */
  Handlers declare(NamespacePredicate predicate) {
    return declare(predicate, null);
  }

  /**
   * Adds a pattern and returns the handlers of the namespaces whose whole name matches. Namespaces
   * that are declared later and match have these handlers, too.
   */
  Handlers declare(Pattern names) {
    return declare((name, handshake) -> names.matcher(name).matches(), names);
  }

  private Handlers declare(NamespacePredicate predicate, @Nullable Pattern pattern) {
    Handlers handlers = new Handlers(endpoint.anyNamespace());
    parents.add(new Parent(predicate, pattern, handlers));
    return handlers;
  }

  /** Whether there is a predicate or pattern that can allow namespaces which were not declared. */
  boolean hasPredicates() {
    return !parents.isEmpty();
  }

  /** The namespace of this name if it is declared; null otherwise. */
  @Nullable DefaultNamespace declared(String name) {
    Entry entry = entries.get(name);
    return entry == null || !entry.declared ? null : entry.namespace;
  }

  @Nullable DefaultNamespace find(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : entry.namespace;
  }

  /** All namespaces that exist now, declared or not. */
  List<DefaultNamespace> present() {
    return entries.values().stream().map(entry -> entry.namespace).toList();
  }

  Collection<Namespace> all() {
    return List.copyOf(present());
  }

  /**
   * Asks the predicates and patterns in order whether a client may have a namespace, and creates
   * the namespace if it does not exist. Runs on a handler thread.
   *
   * @return the namespace, for which the caller must call {@link #left} later; null if the client
   *     may not have it
   * @throws Exception whatever a predicate threw, or {@link ConnectRefusedException} if there are
   *     too many namespaces already
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
      entry = new Entry(new DefaultNamespace(endpoint, name, parent.handlers()), false);
    }
    entry.clients++;
    return entry;
  }

  /**
   * A client has left a namespace or was refused there, and none of the client's handlers will run
   * there any more. Removes the namespace if it is not declared, has no other client, and {@code
   * cleanupEmptyNamespaces} is set.
   */
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
