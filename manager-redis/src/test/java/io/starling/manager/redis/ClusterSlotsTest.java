package io.starling.manager.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSlotsTest {
  private static final RedisURI ASKED = RedisURI.create("redis://asked:6379");

  @Test
  void aChannelBelongsToTheOwnerOfItsSlot() {
    int slot = SlotHash.getSlot("starling:all");
    ClusterSlots slots =
        ClusterSlots.of(
            ASKED,
            List.of(
                range(0, slot - 1, "a", 1),
                range(slot, slot, "b", 2),
                range(slot + 1, 16_383, "a", 1)));
    assertThat(slots.owner("starling:all")).isEqualTo(new HostPort("b", 2));
    assertThat(slots.owners())
        .containsExactlyInAnyOrder(new HostPort("a", 1), new HostPort("b", 2));
  }

  @Test
  void aSlotInAGapHasNoOwner() {
    int slot = SlotHash.getSlot("starling:all");
    ClusterSlots slots = ClusterSlots.of(ASKED, List.of(range(0, slot - 1, "a", 1)));
    assertThatIllegalStateException()
        .isThrownBy(() -> slots.owner("starling:all"))
        .withMessageContaining(Integer.toString(slot));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?"})
  void aNodeThatDoesNotKnowItsOwnHostIsTheOneThatWasAsked(String host) {
    ClusterSlots slots = ClusterSlots.of(ASKED, List.of(range(0, 16_383, host, 7)));
    assertThat(slots.owner("x")).isEqualTo(new HostPort("asked", 7));
  }

  @Test
  void anAnswerWithoutAnOwnerIsNoAnswer() {
    assertThatIllegalStateException().isThrownBy(() -> ClusterSlots.of(ASKED, List.of()));
  }

  @Test
  void anAnswerOfAMovedSlotNamesItsOwner() {
    HostPort from = new HostPort("from", 1);
    assertThat(ClusterSlots.moved(answer("MOVED 7000 10.0.0.3:6379"), from))
        .isEqualTo(new HostPort("10.0.0.3", 6379));
    assertThat(ClusterSlots.moved(answer("MOVED 7000 ::1:6379"), from))
        .isEqualTo(new HostPort("::1", 6379));
    assertThat(ClusterSlots.moved(answer("MOVED 7000 :6379"), from))
        .isEqualTo(new HostPort("from", 6379));
    assertThat(ClusterSlots.moved(answer("NOPERM no permissions here"), from)).isNull();
  }

  private static RedisCommandExecutionException answer(String text) {
    return new RedisCommandExecutionException(text);
  }

  private static List<Object> range(long first, long last, String host, long port) {
    ByteBuffer text = StandardCharsets.UTF_8.encode(host);
    return List.of(first, last, List.of(text, port, StandardCharsets.UTF_8.encode("id")));
  }
}
