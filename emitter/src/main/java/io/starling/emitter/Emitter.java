package io.starling.emitter;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Everybody;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.Libraries;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.Operation;
import io.starling.manager.PromptExecutor;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.ReplyInbox;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayloadCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Emits to the clients of a cluster from any process, without being a server: {@code
 * Emitter.create("redis://localhost").to("news").emit("price", 4.2)}. The methods that name no
 * namespace are for the main namespace {@code /}.
 *
 * <p>An emitter subscribes to nothing. All that it learns is whether the broker took an operation,
 * and, from some brokers, how many hosts receive it: see {@link Accepted#receivers()}. An emitter
 * that was built with {@link Builder#withReplies()} has an inbox as well, and can ask the hosts.
 *
 * <p>Every method may be called on any thread. Only {@link Builder#create()}, {@link #flush},
 * {@link #call} and {@link #close()} block. Operations take effect in the order of their calls.
 * While the broker is unreachable, operations wait in a bounded queue, the outbox; they go out in
 * order once the broker is back. The stages that operations return complete on the executor given
 * to {@link Builder#callbacks}.
 */
public final class Emitter implements Everybody, AutoCloseable {
  private static final String MAIN = "/";

  private final PubSubPublisher publisher;
  private final @Nullable ReplyInbox inbox;
  private final EventPayloadCodec codec;
  private final EmitterNamespace main;

  private Emitter(PubSubPublisher publisher, @Nullable ReplyInbox inbox, EventPayloadCodec codec) {
    this.publisher = publisher;
    this.inbox = inbox;
    this.codec = codec;
    this.main = namespace(MAIN);
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
    return namespace(namespace).broadcast();
  }

  /**
   * Returns a namespace, with the same methods as this emitter has for the main namespace. A
   * missing slash at the start of the name is added.
   */
  public EmitterNamespace namespace(String namespace) {
    Operation.Performer performer = inbox == null ? publisher : inbox;
    return new EmitterNamespace(performer, inbox, publisher.id(), codec, path(namespace));
  }

  /** Addresses every client in the main namespace. */
  @Override
  public BroadcastOperator broadcast() {
    return main.broadcast();
  }

  /** Takes all members out of a room of the main namespace. */
  public CompletionStage<Accepted> closeRoom(String room) {
    return main.closeRoom(room);
  }

  /**
   * Takes all members out of a room of a namespace. A missing slash at the start of the namespace
   * is added.
   */
  public CompletionStage<Accepted> closeRoom(String namespace, String room) {
    return namespace(namespace).closeRoom(room);
  }

  /** Sends an event to the servers of all hosts, as {@link EmitterNamespace#serverEmit} does. */
  public CompletionStage<Accepted> serverEmit(String event, @Nullable Object... arguments) {
    return main.serverEmit(event, arguments);
  }

  /**
   * Sends an event to the servers of all hosts and gathers their replies, as {@link
   * EmitterNamespace#serverEmitWithReply} does.
   */
  public CompletionStage<HostResponses<Arguments>> serverEmitWithReply(
      Duration timeout, String event, @Nullable Object... arguments) {
    return main.serverEmitWithReply(timeout, event, arguments);
  }

  /**
   * Sends an event to one client and blocks until its ack has come, as {@link
   * EmitterNamespace#call} does.
   */
  public Arguments call(
      SocketId socket, Duration timeout, String event, @Nullable Object... arguments)
      throws InterruptedException {
    return main.call(socket, timeout, event, arguments);
  }

  /** Asks which host a socket is connected to, as {@link EmitterNamespace#find} does. */
  public CompletionStage<Optional<HostId>> find(SocketId socket, Duration timeout) {
    return main.find(socket, timeout);
  }

  /**
   * Asks every host to describe itself.
   *
   * @param timeout how long to wait for answers; positive
   * @return completes with the hosts that answered, and with those that others named but that did
   *     not answer. A host of a release that cannot describe itself has an empty release and the
   *     age zero. If no host tells in time which hosts there are, the host {@link HostId#UNKNOWN}
   *     is missing
   * @throws UnsupportedOperationException when the emitter has no replies
   */
  public CompletionStage<HostResponses<HostInfo>> hosts(Duration timeout) {
    if (inbox == null) {
      throw EmitterNamespace.withoutReplies("hosts");
    }
    return inbox.hosts(EmitterNamespace.positive(timeout));
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
   * Blocks until the broker has confirmed each operation that was called before, or the operation
   * has failed. The stage of each operation says which; it completes on the executor of {@link
   * Builder#callbacks}, perhaps a moment after this method has returned. If the emitter is closed
   * meanwhile, this method returns once {@link #close()} has failed the operations that were left.
   * An interrupt does not end the wait.
   *
   * @throws ManagerException when that takes longer than the time-out; the message says how many
   *     operations wait
   */
  public void flush(Duration timeout) {
    publisher.flush(timeout);
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
    private boolean replies;

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
     * Opens a private inbox, through which hosts answer this emitter. {@code emitWithAck}, {@code
     * count}, {@code fetchSockets}, {@link Emitter#call}, {@link Emitter#find}, {@link
     * Emitter#serverEmitWithReply} and {@link Emitter#hosts} need it; without it they throw {@link
     * UnsupportedOperationException}. The emitter then has a second connection to the broker. With
     * Kafka it reads the whole topic, as every host does.
     */
    public Builder withReplies() {
      replies = true;
      return this;
    }

    /**
     * Connects a new emitter. Blocks until the emitter is connected or the attempt has failed.
     * Where a broker does not answer, the attempt fails after about 12 s with Redis and Kafka. With
     * RabbitMQ it fails after {@code connect-seconds} for each host of the URL, 4 s by default:
     * {@code amqp://h1,h2?connect-seconds=1} takes 2 s. With {@code ?keep-trying=true} in the URL
     * this method returns at once and the emitter connects later.
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
      ReplyInbox inbox = replies ? publisher.withReplies() : null;
      try {
        publisher.start().toCompletableFuture().join();
        return new Emitter(publisher, inbox, bounded);
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
