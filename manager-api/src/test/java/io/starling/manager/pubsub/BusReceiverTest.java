package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Answer.Present;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one host does with the frames of others. */
class BusReceiverTest {
  private static final HostId FOREIGN = new HostId("foreign");

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End foreign = wire.end();
  private final FakeWire.End end = wire.end();
  private final ClusterClientManager host =
      new ClusterClientManager(end, PubSubSettings.DEFAULTS, thread);
  private final FakeSockets sockets = new FakeSockets();
  private final List<String> skipped = new ArrayList<>();
  private long lastSeq;

  @BeforeEach
  void start() {
    host.start(sockets, new Skipped(), Runnable::run);
    thread.run();
    sockets.rooms.connect(() -> new SocketId("client"), Set.of());
  }

  private void publish(PubSubMessage message) {
    String all = PubSubSettings.DEFAULTS.allChannel();
    Header header = new Header(FOREIGN, all, ++lastSeq, 1, thread.currentTimeMillis());
    foreign.publish(
        all, FrameCodec.encode(header, List.of(MessageCodec.encode(message)), FrameSeal.NONE));
    thread.run();
  }

  private static ReplyTo replyTo(String channel) {
    return new ReplyTo(1, channel, 5_000);
  }

  private static PubSubMessage emit(ReplyTo replyTo) {
    Operation.Emit emit = new Operation.Emit(Recipients.ALL, payload("[\"a\"]"));
    return new Ask("/", new Question.EmitWithAck(emit), 1, replyTo);
  }

  @Test
  void theInboxOfAHostGetsTheAnswers() {
    int published = end.published();

    publish(emit(replyTo("starling:host:foreign")));

    assertThat(sockets.askedFor).hasSize(1);
    assertThat(end.published()).as("how many were asked").isEqualTo(published + 1);
    assertThat(skipped).isEmpty();
  }

  @Test
  void theInboxOfAnEmitterIsToldWhoTakesPartBeforeTheAnswers() {
    int published = end.sent().size();

    publish(emit(replyTo("starling:reply:A-z_0")));

    assertThat(sockets.askedFor).hasSize(1);
    assertThat(end.sent().subList(published, end.sent().size()))
        .extracting(message -> ((Reply) requireNonNull(message)).answer())
        .satisfiesExactly(
            first -> assertThat(first).isInstanceOf(Present.class),
            second -> assertThat(second).isEqualTo(new Asked(1)));
    assertThat(skipped).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "starling:all",
        "starling:b7",
        "starling:host:",
        "starling:host:a:b",
        "starling:host:a b",
        "starling:reply:",
        "starling:replyx",
        "starling:HOST:foreign",
        "other:host:foreign",
        "starlinghost:foreign",
        "starling:host:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      })
  void whatIsNoInboxGetsNoAnswersAndIsCounted(String channel) {
    int published = end.published();
    ReplyTo replyTo = replyTo(channel);

    publish(emit(replyTo));
    publish(new Ask("/", new Question.Count(Recipients.ALL), 0, replyTo));
    Operation.ServerEvent event = new Operation.ServerEvent(FOREIGN, payload("[\"a\"]"));
    publish(new Ask("/", new Question.ServerEventWithReply(event), 0, replyTo));

    assertThat(sockets.received).as("delivered, as without acks").containsExactly("[\"a\"]");
    assertThat(sockets.askedFor).isEmpty();
    assertThat(sockets.serverEvents).isEmpty();
    assertThat(end.published()).isEqualTo(published);
    assertThat(skipped).hasSize(3).allMatch(fault -> fault.startsWith("reply channel: "));
    assertThat(host.statistics().get(BusCount.SKIPPED_MESSAGES)).isEqualTo(3);
  }

  /** What was not answered, and why. */
  private final class Skipped implements ManagerListener {
    @Override
    public void messageSkipped(HostId origin, String fault) {
      skipped.add(fault);
    }
  }
}
