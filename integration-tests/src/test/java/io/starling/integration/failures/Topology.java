package io.starling.integration.failures;

import static java.util.Objects.requireNonNull;

import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.TestBroker;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes of a broker, of which one is harmed. The node is chosen when the harm begins,
 * because it depends on the traffic which one matters: the master, the leader, the node with most
 * connections.
 */
final class Topology implements KillableBroker {
  private final TestBroker.Running nodes;
  private final Supplier<? extends KillableBroker> choice;
  private @Nullable KillableBroker victim;

  Topology(TestBroker.Running nodes, Supplier<? extends KillableBroker> choice) {
    this.nodes = nodes;
    this.choice = choice;
  }

  /** All nodes, as the fixture of this kind of broker. */
  <T> T as(Class<T> type) {
    return type.cast(nodes);
  }

  private KillableBroker victim() {
    return requireNonNull(victim, "victim");
  }

  @Override
  public int port() {
    return victim().port();
  }

  @Override
  public void kill() {
    victim = choice.get();
    victim.kill();
  }

  @Override
  public void restart() {
    victim().restart();
  }

  @Override
  public void freeze() {
    victim = choice.get();
    victim.freeze();
  }

  @Override
  public void thaw() {
    victim().thaw();
  }

  @Override
  public String url() {
    return nodes.url();
  }

  @Override
  public void close() {
    nodes.close();
  }
}
