package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a watch shows of frames that a test publishes by hand. */
class BusWatchTest {
  private static final String ALL = PubSubSettings.DEFAULTS.allChannel();
  private static final ByteBuffer HELLO = MessageCodec.encode(new Hello("starling 1.0", 0));

  private final FakeWire wire = new FakeWire(new FakeManagerThread());
  private final FakeWire.End hosts = wire.end();
  private final List<String> seen = new ArrayList<>();
  private final BusWatch watch =
      BusWatch.create(wire.end(), PubSubSettings.DEFAULTS, new Recording());

  private final class Recording implements BusWatch.Listener {
    @Override
    public void message(BusMessage message) {
      seen.add(message.origin() + "#" + message.number() + " " + message.kind());
    }

    @Override
    public void malformed(String reason) {
      seen.add(reason);
    }

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void connectionRestored() {}
  }

  @BeforeEach
  void start() {
    watch.start();
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private void publish(String origin, long firstSeq, ByteBuffer... messages) {
    Header header = new Header(new HostId(origin), ALL, firstSeq, messages.length, 1_700_000_000L);
    hosts.publish(ALL, FrameCodec.encode(header, List.of(messages), FrameSeal.NONE));
  }

  @Test
  void framesThatAnOriginSendsAgainAreShownOnceAndThoseThatWereLostAreShown() {
    publish("A", 1, HELLO);
    publish("A", 4, HELLO);
    publish("B", 1, HELLO);
    publish("A", 1, HELLO);
    publish("A", 2, HELLO, HELLO);
    publish("A", 4, HELLO);

    assertThat(seen)
        .containsExactly("A#1 hello", "A#4 hello", "B#1 hello", "A#2 hello", "A#3 hello");
  }
}
