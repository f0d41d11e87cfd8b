package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadGateTest {
  private final HookedChannel channel = new HookedChannel();
  private final ReadGate gate = new ReadGate(channel);

  ReadGateTest() {
    channel.pipeline().addFirst(gate);
  }

  @Test
  void aClosedGateStopsReadingUntilItIsOpened() {
    gate.open(false);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();

    gate.open(true);
    channel.runPendingTasks();

    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void openingWhileAReadIsBeingHeldBackIsNotLost() {
    gate.open(false);
    channel.runPendingTasks();
    channel.beforeAutoReadIsOff = () -> gate.open(true);

    channel.read();
    channel.runPendingTasks();

    assertThat(channel.config().isAutoRead()).isTrue();
  }

  /** Runs something just before reading is turned off, as another thread might. */
  private static final class HookedChannel extends EmbeddedChannel {
    private Runnable beforeAutoReadIsOff = () -> {};
    private final ChannelConfig config =
        new DefaultChannelConfig(this) {
          @Override
          public ChannelConfig setAutoRead(boolean on) {
            if (!on) {
              Runnable hook = beforeAutoReadIsOff;
              beforeAutoReadIsOff = () -> {};
              hook.run();
            }
            return super.setAutoRead(on);
          }
        };

    @Override
    public ChannelConfig config() {
      return config == null ? super.config() : config;
    }
  }
}
