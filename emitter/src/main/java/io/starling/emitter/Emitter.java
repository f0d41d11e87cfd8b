package io.starling.emitter;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.PromptExecutor;
import io.starling.manager.protocol.EventPayloadCodec;
import io.starling.manager.protocol.WireName;
import io.starling.manager.pubsub.PubSubPublisher;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Emits to the clients of a cluster from any process, without being a server: {@code
 * Emitter.create("redis://localhost").to("news").emit("price", 4.2)}. It subscribes to nothing and
 * hears nothing back but whether the broker took an operation.
 *
 * <p>Safe for any thread; nothing blocks but {@link Builder#create()} and {@link #close()}.
 * Operations take effect in the order of their calls. While the broker is away they wait in a
 * bounded outbox and go out, in order, when it is back. Dependent stages run on the executor given
 * to the builder.
 */
public final class Emitter implements AutoCloseable {
  private static final String MAIN = "/";

  private final PubSubPublisher publisher;
  private final EventPayloadCodec codec;
  private final BroadcastOperator main;

  private Emitter(PubSubPublisher publisher, EventPayloadCodec codec) {
    this.publisher = publisher;
    this.codec = codec;
    this.main = BroadcastOperator.of(publisher, codec, MAIN);
  }

  /** The same as {@code builder(url).create()}. */
  public static Emitter create(String url) {
    return builder(url).create();
  }

  /**
   * Settings for an emitter.
   *
   * @param url of the broker, as a server takes it: {@code redis://localhost}; with {@code
   *     ?keep-trying=true} the broker may come later
   * @throws IllegalStateException when a library is too old, see {@link Libraries#check}
   */
  public static Builder builder(String url) {
    Libraries.check();
    return new Builder(url);
  }

  /** Addresses everybody in a namespace. A missing slash at its start is added. */
  public BroadcastOperator of(String namespace) {
    return BroadcastOperator.of(publisher, codec, path(namespace));
  }

  /** Addresses the members of these rooms in the main namespace. */
  public BroadcastOperator to(String... rooms) {
    return main.to(rooms);
  }

  /** As {@link #to(String...)}; an empty collection addresses nobody. */
  public BroadcastOperator to(Collection<String> rooms) {
    return main.to(rooms);
  }

  /** The same as {@link #to(String...)}. */
  public BroadcastOperator in(String... rooms) {
    return main.to(rooms);
  }

  /** Addresses everybody in the main namespace but the members of these rooms. */
  public BroadcastOperator except(String... rooms) {
    return main.except(rooms);
  }

  /** Sends an event to everybody in the main namespace; see {@link BroadcastOperator#emit}. */
  @SuppressWarnings("NullAway") // It does not see the nullable elements of another jar's varargs.
  public CompletionStage<Accepted> emit(String event, @Nullable Object... arguments) {
    return main.emit(event, arguments);
  }

  /** The same as {@link #emit} with the event {@code message}. */
  public CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return emit("message", arguments);
  }

  /** Puts everybody in the main namespace into these rooms. */
  public CompletionStage<Accepted> socketsJoin(String... rooms) {
    return main.socketsJoin(rooms);
  }

  /** Takes everybody in the main namespace out of these rooms. */
  public CompletionStage<Accepted> socketsLeave(String... rooms) {
    return main.socketsLeave(rooms);
  }

  /** Disconnects everybody; see {@link BroadcastOperator#disconnectSockets}. */
  public CompletionStage<Accepted> disconnectSockets(boolean close) {
    return main.disconnectSockets(close);
  }

  /** Takes all its members out of a room of the main namespace. */
  public CompletionStage<Accepted> closeRoom(String room) {
    return closeRoom(MAIN, room);
  }

  /** Takes all its members out of a room. */
  public CompletionStage<Accepted> closeRoom(String namespace, String room) {
    return publisher.closeRoom(
        WireName.require("namespace", path(namespace)), WireName.require("room", room), Set.of());
  }

  /** What it has done, for metrics; it knows of no hosts. */
  public ManagerStatistics statistics() {
    return publisher.statistics();
  }

  /** Completes while there is room in the outbox: the back-pressure for whoever emits much. */
  public CompletionStage<Void> whenWritable() {
    return publisher.whenWritable();
  }

  /** Stops accepting, sends what waits for at most 5 s, fails the rest. Idempotent; blocks. */
  @Override
  public void close() {
    publisher.close();
  }

  private static String path(String namespace) {
    return namespace.startsWith(MAIN) ? namespace : MAIN + namespace;
  }

  /** Settings for an emitter. For one thread. */
  public static final class Builder {
    private String url;
    private EventPayloadCodec codec = EventPayloadCodec.standard();
    private int maxAttachments = EventPayloadCodec.DEFAULT_MAX_ATTACHMENTS;
    private int maxJsonDepth = EventPayloadCodec.DEFAULT_MAX_JSON_DEPTH;
    private Executor callbacks = promptly(new CompletableFuture<Void>().defaultExecutor());
    private ManagerListener listener = ManagerListener.logging("emitter");

    private Builder(String url) {
      this.url = url;
    }

    /** What the servers' channels begin with; {@code starling} unless told otherwise. */
    public Builder prefix(String prefix) {
      url += (url.contains("?") ? "&" : "?") + "prefix=" + prefix;
      return this;
    }

    /** How objects turn into JSON; {@link EventPayloadCodec#standard()} unless told otherwise. */
    public Builder mapper(JsonMapper mapper) {
      codec = new EventPayloadCodec(mapper);
      return this;
    }

    /**
     * How many binary values one event may have; 10, which is what official clients take, unless
     * told otherwise. Set it as the servers' {@code maxAttachments}, since they deliver what an
     * emitter sends as it is.
     */
    public Builder maxAttachments(int max) {
      maxAttachments = max;
      return this;
    }

    /**
     * How deep the arrays and objects of one event may be nested: 1 to 2,000; 500 unless told
     * otherwise.
     */
    public Builder maxJsonDepth(int max) {
      maxJsonDepth = max;
      return this;
    }

    /**
     * Where stages complete; the default executor of CompletableFuture unless told otherwise.
     *
     * @param executor may block: stages wait for it then, and while 10,000 of them do, operations
     *     are refused. The stages that it refuses complete on a thread of the emitter's, one after
     *     another, and so do all where it runs tasks at once
     */
    public Builder callbacks(Executor executor) {
      callbacks = executor;
      return this;
    }

    private static PromptExecutor promptly(Executor executor) {
      return executor::execute;
    }

    /** Who hears what happens inside; SLF4J unless told otherwise. */
    public Builder listener(ManagerListener hears) {
      listener = hears;
      return this;
    }

    /**
     * Makes a connected emitter. Blocks until it is, 10 s at most.
     *
     * @throws IllegalArgumentException when the URL is wrong; the message lists every fault
     * @throws ManagerException when the broker cannot be reached; the message names it, without
     *     credentials
     */
    public Emitter create() {
      EventPayloadCodec bounded =
          codec.withMaxAttachments(maxAttachments).withMaxJsonDepth(maxJsonDepth);
      PubSubPublisher publisher = PubSubPublisher.create(url, listener, callbacks);
      try {
        publisher.start().toCompletableFuture().join();
        return new Emitter(publisher, bounded);
      } catch (CompletionException e) {
        publisher.close();
        if (e.getCause() instanceof ManagerException reason) {
          throw reason;
        }
        throw e;
      }
    }
  }
}
