package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.HostId;
import io.starling.manager.LocalServer.ServerReply;
import io.starling.manager.MissingHost.Reason;
import io.starling.protocol.payload.EventPayload;
import io.starling.socketio.Ack;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerEventsTest {
  private static final HostId OTHER = new HostId("other");

  private final ServerFixture server = new ServerFixture();
  private final LocalSocketRegistry port = new LocalSocketRegistry(server.namespaces);
  private final List<Object> log = new ArrayList<>();
  private final List<String> replies = new ArrayList<>();

  private void receives(String event, Object... arguments) {
    EventPayload payload =
        server.endpoint.codec().encodeEvent(event, Arrays.<Object>asList(arguments));
    port.serverEvent("/", OTHER, payload, new Replies());
  }

  @Test
  void aHandlerRunsOnTheHandlersThreadsAndItsReplyGoesBack() {
    server.root().onServerEvent("load", (arguments, reply) -> reply.send(arguments.get(0), 7));
    receives("load", "cpu");
    assertThat(replies).as("while the broker's thread is at work").isEmpty();
    server.run();

    assertThat(replies).containsExactly("[\"cpu\",7]");
  }

  @Test
  void eventsAreHandledInTheirOrder() {
    server.root().onServerEvent("a", (arguments, reply) -> log.add("a" + arguments.get(0)));
    server.root().onServerEvent("b", (arguments, reply) -> log.add("b" + arguments.get(0)));
    receives("a", 1);
    receives("b", 2);
    receives("a", 3);
    server.run();

    assertThat(log).containsExactly("a1", "b2", "a3");
  }

  @Test
  void aReplyMayBeSentLater() {
    List<Ack> later = new ArrayList<>();
    server.root().onServerEvent("load", (arguments, reply) -> later.add(reply));
    receives("load");
    server.run();
    assertThat(replies).isEmpty();

    later.get(0).send("late");

    assertThat(replies).containsExactly("[\"late\"]");
  }

  @Test
  void aReplyIsSentOnce() {
    List<Ack> later = new ArrayList<>();
    server.root().onServerEvent("load", (arguments, reply) -> later.add(reply));
    receives("load");
    server.run();
    later.get(0).send(1);

    assertThatThrownBy(() -> later.get(0).send(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("reply: sent before (expected: once)");
    assertThat(replies).containsExactly("[1]");
  }

  @Test
  void anEventWithoutAHandlerIsRefused() {
    receives("unknown");
    server.run();

    assertThat(replies).containsExactly("NO_HANDLER");
  }

  @Test
  void aHandlerThatThrowsIsReportedAndTheNextEventIsHandled() {
    server
        .root()
        .onServerEvent(
            "bad",
            (arguments, reply) -> {
              throw new IllegalStateException("broken");
            });
    server.root().onServerEvent("good", (arguments, reply) -> reply.send());
    receives("bad");
    receives("good");
    server.run();

    assertThat(replies).containsExactly("FAILED", "[]");
    assertThat(server.listener.heard).contains("serverEventFailed / bad broken");
  }

  @Test
  void moreEventsThanMayWaitAreRefusedAtOnce() {
    server.root().onServerEvent("n", (arguments, reply) -> log.add(arguments.get(0)));
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      receives("n", i);
    }
    assertThat(replies).containsExactly("FAILED");
    server.run();

    assertThat(log).containsExactly(0, 1, 2);
  }

  @Test
  void anEventThatWantsNoReplyTellsItsHandlerSo() {
    server.root().onServerEvent("tell", (arguments, reply) -> log.add(reply.expected()));
    port.serverEvent("/", OTHER, server.endpoint.codec().encodeEvent("tell", List.of()), null);
    receives("tell");
    server.run();

    assertThat(log).containsExactly(false, true);
  }

  @Test
  void aSecondHandlerAndAReservedNameAreRefused() {
    server.root().onServerEvent("a", (arguments, reply) -> {});

    assertThatThrownBy(() -> server.root().onServerEvent("a", (arguments, reply) -> {}))
        .hasMessage("server event: a again (expected: one handler)");
    assertThatThrownBy(() -> server.root().onServerEvent("connect", (arguments, reply) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What goes back to the host that asked. */
  private final class Replies implements ServerReply {
    @Override
    public void answered(EventPayload answer) {
      replies.add(StandardCharsets.UTF_8.decode(answer.json().duplicate()).toString());
    }

    @Override
    public void refused(Reason reason) {
      replies.add(reason.name());
    }
  }
}
