package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ReturnCallback;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.UnblockedCallback;
import io.starling.manager.amqp.AmqpBroker.Limits;
import io.starling.manager.amqp.AmqpConnections.Opened;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.ReconnectingBackend;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection with its one channel, without a broker: it remembers the calls, and the test says
 * what the broker answers.
 */
final class FakeAmqp {
  private final String product;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<ShutdownListener> shutdownListeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> cut = new CompletableFuture<>();
  private final List<String> messageIds = new CopyOnWriteArrayList<>();
  private volatile @Nullable ConfirmCallback acks;
  private volatile @Nullable ConfirmCallback nacks;
  private volatile @Nullable ReturnCallback returns;
  private volatile @Nullable BlockedCallback blocked;
  private volatile @Nullable UnblockedCallback unblocked;
  private volatile @Nullable Consumer consumer;
  private volatile @Nullable Throwable publishFault;
  private volatile @Nullable IOException bindFault;
  private volatile boolean refusesQueues;
  private volatile boolean blocksWrites;
  private final AtomicLong nextTag = new AtomicLong(1);

  FakeAmqp() {
    this("RabbitMQ");
  }

  FakeAmqp(String product) {
    this.product = product;
  }

  /** Makes a back end that is connected to the next of these brokers each time. */
  static PubSubBackend backend(BlockingQueue<FakeAmqp> brokers) {
    BrokerAddress address = AmqpAddress.of("amqp://h:5672", false);
    return new ReconnectingBackend(
        address.text(),
        "starling-test-amqp",
        Set.of(),
        (settings, listener) ->
            new AmqpBroker(
                address, opener(brokers), new Limits("exchange", 1 << 20, 256, listener)));
  }

  /** Each connection goes to the next of these, and waits for it. */
  private static Opener opener(BlockingQueue<FakeAmqp> brokers) {
    return role -> {
      try {
        FakeAmqp broker = brokers.poll(10, TimeUnit.SECONDS);
        if (broker == null) {
          throw new IOException("no broker");
        }
        return broker.opened();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    };
  }

  Opened opened() {
    return new Opened(
        proxy(Connection.class, this::onConnection),
        proxy(Channel.class, this::onChannel),
        () -> {
          calls.add("cut");
          cut.complete(null);
        });
  }

  /** Each as its name, and the name of what it was about. */
  List<String> calls() {
    return calls;
  }

  /** The calls that begin with this. */
  List<String> calls(String start) {
    return calls.stream().filter(call -> call.startsWith(start)).toList();
  }

  /** From now on a publish raises the number of the next frame and then throws. */
  void failPublishes(Throwable fault) {
    publishFault = fault;
  }

  void failBinds(IOException fault) {
    bindFault = fault;
  }

  /** From now on no queue may be declared. */
  void refuseQueues() {
    refusesQueues = true;
  }

  /** From now on a publish waits for a peer that takes nothing. */
  void blockWrites() {
    blocksWrites = true;
  }

  void ack(long tag, boolean multiple) {
    confirm(acks, tag, multiple);
  }

  void nack(long tag) {
    confirm(nacks, tag, false);
  }

  private static void confirm(@Nullable ConfirmCallback told, long tag, boolean multiple) {
    try {
      present(told).handle(tag, multiple);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends the frame of this number back, as one that no queue takes. */
  void giveBack(int index) {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder().messageId(messageIds.get(index)).build();
    present(returns).handle(new Return(312, "NO_ROUTE", "x", "key", properties, new byte[0]));
  }

  void block(String reason) {
    try {
      present(blocked).handle(reason);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void unblock() {
    try {
      present(unblocked).handle();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void deliver(long tag, String key, String body) {
    try {
      present(consumer)
          .handleDelivery(
              "consumer",
              new Envelope(tag, false, "x", key),
              new AMQP.BasicProperties(),
              body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void cancelConsumer() {
    try {
      present(consumer).handleCancel("consumer");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The broker closes the channel or connection for this reason. */
  static ShutdownSignalException closedBecause(int code, String text) {
    AMQP.Channel.Close why =
        new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).classId(0).build();
    return new ShutdownSignalException(false, false, why, new Object());
  }

  void shutDown(ShutdownSignalException why) {
    shutdownListeners.forEach(listener -> listener.shutdownCompleted(why));
  }

  private @Nullable Object onConnection(String method, Object[] arguments) {
    switch (method) {
      case "getServerProperties" -> {
        return Map.of("product", product);
      }
      case "createChannel" -> {
        return proxy(Channel.class, (name, given) -> null);
      }
      case "addShutdownListener" -> shutdownListeners.add((ShutdownListener) arguments[0]);
      case "addBlockedListener" -> {
        blocked = (BlockedCallback) arguments[0];
        unblocked = (UnblockedCallback) arguments[1];
      }
      default -> calls.add(method);
    }
    return null;
  }

  private @Nullable Object onChannel(String method, Object[] arguments) throws Throwable {
    switch (method) {
      case "addConfirmListener" -> {
        acks = (ConfirmCallback) arguments[0];
        nacks = (ConfirmCallback) arguments[1];
      }
      case "addReturnListener" -> returns = (ReturnCallback) arguments[0];
      case "getNextPublishSeqNo" -> {
        return nextTag.get();
      }
      case "basicPublish" -> publish(arguments);
      case "queueDeclare" -> {
        if (refusesQueues) {
          ShutdownSignalException why =
              closedBecause(403, "ACCESS_REFUSED - access to queue '" + arguments[0] + "'");
          shutDown(why);
          throw new IOException(why);
        }
      }
      case "queueBind" -> {
        if (cut.isDone()) {
          throw new IOException("connection is already closed");
        }
        calls.add("bind " + arguments[0] + " " + arguments[2]);
        IOException fault = bindFault;
        if (fault != null) {
          // The broker closes the channel, which the client reports before the call fails.
          shutDown((ShutdownSignalException) Objects.requireNonNull(fault.getCause()));
          throw fault;
        }
      }
      case "queueUnbind" -> calls.add("unbind " + arguments[2]);
      case "basicConsume" -> {
        consumer = (Consumer) arguments[2];
        calls.add("consume " + arguments[0]);
        return "consumer";
      }
      case "basicAck" -> calls.add("ack " + arguments[0]);
      default -> {}
    }
    return null;
  }

  private void publish(Object[] arguments) throws Throwable {
    nextTag.incrementAndGet();
    if (publishFault != null) {
      throw present(publishFault);
    }
    if (blocksWrites) {
      calls.add("blocked write");
      cut.join();
      throw new IOException("socket closed");
    }
    String id = ((AMQP.BasicProperties) arguments[3]).getMessageId();
    messageIds.add(String.valueOf(id));
    calls.add("publish " + arguments[1] + ((Boolean) arguments[2] ? " mandatory" : ""));
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("not there yet");
    }
    return value;
  }

  /** What a proxy does for a method. */
  private interface Calls {
    @Nullable Object on(String method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          Object answer =
              switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> self == arguments[0];
                case "toString" -> type.getSimpleName();
                default ->
                    calls.on(method.getName(), arguments == null ? new Object[0] : arguments);
              };
          Class<?> expected = method.getReturnType();
          return answer == null && expected == boolean.class ? false : answer;
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
