package io.starling.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

final class DraftTest {
  private static final byte[] GIF = "GIF89a...".getBytes(StandardCharsets.ISO_8859_1);

  private final ObjectNode sent = JsonNodeFactory.instance.objectNode().put("room", "lobby");

  @Test
  void aTextIsStripped() {
    Draft draft = Draft.of(sent.put("id", 7).put("text", "  hello \n"));
    assertThat(draft).isEqualTo(new Draft(7, "lobby", "hello", null));
  }

  @Test
  void anImageNeedsNoText() {
    Draft draft = Draft.of(sent.put("image", GIF));
    assertThat(Objects.requireNonNull(draft.picture()).type()).isEqualTo("image/gif");
  }

  @Test
  void anEmptyMessageIsRefused() {
    assertRefused(sent.put("text", "  "), "text: empty");
  }

  @Test
  void aLongTextIsRefused() {
    assertRefused(sent.put("text", "x".repeat(2001)), "text: 2001 characters");
  }

  @Test
  void aLargeImageIsRefusedBeforeItIsLookedAt() {
    assertRefused(sent.put("image", new byte[Draft.MOST_IMAGE_BYTES + 1]), "image: 700001 bytes");
  }

  @Test
  void whatIsNoPictureIsRefused() {
    byte[] svg = "<svg onload='alert(1)'/>".getBytes(StandardCharsets.UTF_8);
    assertRefused(sent.put("image", svg), "image: 24 bytes of no known kind");
  }

  @Test
  void aMessageThatIsNoObjectIsRefused() {
    assertRefused(JsonNodeFactory.instance.objectNode(), "text: empty");
  }

  @ParameterizedTest
  @CsvSource({
    "89504E470D0A1A0A00, image/png",
    "FFD8FFE000104A464946, image/jpeg",
    "474946383761, image/gif",
    "524946460000000057454250, image/webp"
  })
  void aPictureIsKnownByItsFirstBytes(String hex, String type) {
    assertThat(Picture.of(HexFormat.of().parseHex(hex)).type()).isEqualTo(type);
  }

  private static void assertRefused(ObjectNode sent, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Draft.of(sent))
        .withMessageStartingWith(reason);
  }
}
