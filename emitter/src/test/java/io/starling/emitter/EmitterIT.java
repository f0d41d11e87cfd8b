package io.starling.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.starling.manager.Accepted;
import io.starling.manager.ManagerException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class EmitterIT {
  @RegisterExtension static final TestServer SERVER = new TestServer();

  @Test
  void anEmitReachesWhomItAddresses() throws Exception {
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      assertThat(join(emitter.emit("all", 1))).isEqualTo(new Accepted(1));
      join(emitter.to("news").emit("some", "é", new byte[] {1}));
      join(emitter.except("news").emit("others"));
      join(emitter.of("admin").emit("nobody"));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(SERVER.log())
                    .containsExactly(
                        "/ [ann, bob] [\"all\",1]",
                        "/ [ann] [\"some\",\"é\",{\"_placeholder\":true,\"num\":0}]",
                        "/ [bob] [\"others\"]"));
  }

  @Test
  void moreBinaryValuesThanClientsTakeAreRefusedAndNothingIsSent() throws Exception {
    Object[] eleven = Collections.nCopies(11, new byte[] {1}).toArray();
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      assertThatIllegalArgumentException().isThrownBy(() -> emitter.emit("refused", eleven));
      join(emitter.emit("next"));
    }
    await().until(() -> !SERVER.log().isEmpty());
    assertThat(SERVER.log()).containsExactly("/ [ann, bob] [\"next\"]");
  }

  @Test
  void aSettingRaisesTheNumberOfBinaryValues() throws Exception {
    Object[] eleven = Collections.nCopies(11, new byte[] {1}).toArray();
    try (Emitter emitter = Emitter.builder(SERVER.url()).maxAttachments(11).create()) {
      join(emitter.emit("many", eleven));
    }
    await().until(() -> !SERVER.log().isEmpty());
    assertThat(SERVER.log()).singleElement().asString().contains("\"num\":10");
  }

  record User(String firstName) {}

  @Test
  void theUsersMapperWritesWhatIsEmitted() throws Exception {
    JsonMapper mapper =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    try (Emitter emitter = Emitter.builder(SERVER.url()).mapper(mapper).create()) {
      join(emitter.in("news").send(new User("eve")));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(SERVER.log())
                    .containsExactly("/ [ann] [\"message\",{\"first_name\":\"eve\"}]"));
  }

  @Test
  void roomOperationsTakeEffectInOrder() throws Exception {
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      emitter.to("bob").socketsJoin("vip");
      emitter.to("vip").emit("one");
      emitter.closeRoom("vip");
      emitter.to("vip").emit("nobody");
      emitter.to("news").socketsLeave("news");
      emitter.to("news").emit("nobody");
      join(emitter.to("ann").disconnectSockets(true));
    }
    await()
        .untilAsserted(
            () -> assertThat(SERVER.log()).containsExactly("/ [bob] [\"one\"]", "/ [ann] closed"));
  }

  @Test
  void aThousandEmitsArriveInOrderAndClosingWaitsForThem() {
    List<String> expected = new ArrayList<>();
    try (Emitter emitter = Emitter.create(SERVER.url())) {
      for (int i = 0; i < 1_000; i++) {
        CompletionStage<Accepted> accepted = emitter.emit("n", i);
        assertThat(accepted).isNotNull();
        expected.add("/ [ann, bob] [\"n\"," + i + "]");
      }
    }
    await().untilAsserted(() -> assertThat(SERVER.log()).containsExactlyElementsOf(expected));
  }

  @Test
  void anotherPrefixIsAnotherCluster() throws Exception {
    try (Emitter emitter = Emitter.builder(SERVER.url()).prefix("other").create()) {
      assertThat(join(emitter.emit("unheard"))).isEqualTo(new Accepted(0));
    }
    assertThat(SERVER.log()).isEmpty();
  }

  @Test
  void aBrokerThatIsNotThereIsNamed() {
    int port = Redis.freePort();
    assertThatExceptionOfType(ManagerException.class)
        .isThrownBy(() -> Emitter.create("redis://:secret@127.0.0.1:" + port))
        .withMessageContaining("redis://127.0.0.1:" + port + ": connection refused")
        .withMessageNotContaining("secret");
    assertThatIllegalArgumentException().isThrownBy(() -> Emitter.create("carrier-pigeon://x"));
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("starling-emitter")));
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
