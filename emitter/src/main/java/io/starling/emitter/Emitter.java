package io.starling.emitter;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Everybody;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.Operation;
import io.starling.manager.PromptExecutor;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.payload.WireName;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Emits to the clients of a cluster from any process, without being a server: {@code
 * Emitter.create("redis://localhost").to("news").emit("price", 4.2)}. An emitter subscribes to
 * nothing. All that it learns is whether the broker took an operation. The methods that name no
 * namespace are for the main namespace {@code /}.
 *
 * <p>Every method may be called on any thread. Only {@link Builder#create()} and {@link #close()}
 * block. Operations take effect in the order of their calls. While the broker is unreachable,
 * operations wait in a bounded queue, the outbox; they go out in order once the broker is back. The
 * stages that operations return complete on the executor given to {@link Builder#callbacks}.
 */
public final class Emitter implements Everybody, AutoCloseable {
  private static final String MAIN = "/";

  private final PubSubPublisher publisher;
  private final EventPayloadCodec codec;
  private final BroadcastOperator main;

  private Emitter(PubSubPublisher publisher, EventPayloadCodec codec) {
    this.publisher = publisher;
    this.codec = codec;
    this.main = BroadcastOperator.of(publisher, codec, MAIN);
  }

  /**
   * Connects an emitter with default settings: the same as {@code builder(url).create()}. Blocks.
   */
  public static Emitter create(String url) {
    return builder(url).create();
  }

  /**
   * Starts a configuration with default settings.
   *
   * @param url the URL of the broker, written as for a server: {@code redis://localhost}. With
   *     {@code ?keep-trying=true} the emitter starts although the broker cannot be reached yet.
   * @throws IllegalStateException when a library on the class path is too old, see {@link
   *     Libraries#check}
   */
  public static Builder builder(String url) {
    Libraries.check();
    return new Builder(url);
  }

  /** Addresses every client in a namespace. A missing slash at the start of the name is added. */
  public BroadcastOperator of(String namespace) {
    return BroadcastOperator.of(publisher, codec, path(namespace));
  }

  /** Addresses every client in the main namespace. */
  @Override
  public BroadcastOperator broadcast() {
    return main;
  }

  /** Takes all members out of a room of the main namespace. */
  public CompletionStage<Accepted> closeRoom(String room) {
    return closeRoom(MAIN, room);
  }

  /**
   * Takes all members out of a room of a namespace. A missing slash at the start of the namespace
   * is added.
   */
  public CompletionStage<Accepted> closeRoom(String namespace, String room) {
    return publisher.perform(
        WireName.require("namespace", path(namespace)),
        new Operation.CloseRoom(WireName.require("room", room)),
        Scope.CLUSTER);
  }

  /**
   * Counters and the present state of this emitter, for metrics. The numbers about other hosts are
   * always 0, because an emitter does not know the hosts.
   */
  public ManagerStatistics statistics() {
    return publisher.statistics();
  }

  /**
   * Completes when the outbox is at most half full. An application that emits much waits for this
   * stage before it goes on.
   */
  public CompletionStage<Void> whenWritable() {
    return publisher.whenWritable();
  }

  /**
   * Closes the emitter. New operations are refused; operations that wait are sent for at most 5 s,
   * and the rest fail. Blocks until that is done. Further calls have no effect.
   */
  @Override
  public void close() {
    publisher.close();
  }

  private static String path(String namespace) {
    return namespace.startsWith(MAIN) ? namespace : MAIN + namespace;
  }

  /** Settings for an emitter. A builder is not safe for use by several threads. */
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

    /**
     * Sets the prefix that the names of all broker channels begin with. It must be the prefix of
     * the servers. Default {@code starling}.
     */
    public Builder prefix(String prefix) {
      url += (url.contains("?") ? "&" : "?") + "prefix=" + prefix;
      return this;
    }

    /**
     * Sets how arguments of an event are turned into JSON. Default {@link
     * EventPayloadCodec#standard()}.
     */
    public Builder mapper(JsonMapper mapper) {
      codec = new EventPayloadCodec(mapper);
      return this;
    }

    /**
     * Sets how many binary values one event may have. Default 10, which is also the limit of the
     * official clients. Use the same number as the servers' {@code maxAttachments}: a server
     * delivers the events of an emitter without checking this limit again.
     */
    public Builder maxAttachments(int max) {
      maxAttachments = max;
      return this;
    }

    /** Sets how deep the arrays and objects of one event may be nested: 1 to 2,000. Default 500. */
    public Builder maxJsonDepth(int max) {
      maxJsonDepth = max;
      return this;
    }

    /**
     * Sets the executor on which the stages of operations complete. The default is the default
     * executor of {@link CompletableFuture}.
     *
     * @param executor may block, and then the completions wait for it. While 10,000 completions
     *     wait, new operations are refused. A completion that the executor refuses runs on another
     *     thread. If the executor runs tasks on the calling thread, all completions run on one
     *     thread of the emitter.
     */
    public Builder callbacks(Executor executor) {
      callbacks = executor;
      return this;
    }

    private static PromptExecutor promptly(Executor executor) {
      return executor::execute;
    }

    /**
     * Sets the listener for state changes, failures and losses. Default {@link
     * ManagerListener#logging}, which writes to SLF4J.
     */
    public Builder listener(ManagerListener hears) {
      listener = hears;
      return this;
    }

    /**
     * Connects a new emitter. Blocks until the emitter is connected, for at most 10 s. With {@code
     * ?keep-trying=true} in the URL this method returns at once and the emitter connects later.
     *
     * @throws IllegalArgumentException when the URL or a setting is wrong; the message lists every
     *     fault of the URL
     * @throws ManagerException when the broker cannot be reached; the message names the broker,
     *     without credentials
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
