package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameSealTest {
  private static final String OLD = "an old secret, 0123456789";
  private static final String NEW = "a new secret, 0123456789";
  private static final Header HEADER = new Header(new HostId("A"), "starling:all", 1, 1, 0);
  private static final List<ByteBuffer> BYE =
      List.of(MessageCodec.encode(new PubSubMessage.Bye(-1)));

  private static ByteBuffer frame(String... secrets) {
    return FrameCodec.encode(HEADER, BYE, FrameSeal.of(List.of(secrets)));
  }

  private static Frame decode(ByteBuffer frame, String... secrets) throws MalformedFrameException {
    return FrameCodec.decode(frame, FrameSeal.of(List.of(secrets)));
  }

  @Test
  void aSignedFrameIsReadWithTheSameSecret() throws Exception {
    Frame frame = decode(frame(OLD).asReadOnlyBuffer(), OLD);

    assertThat(frame.header()).isEqualTo(HEADER);
    assertThat(FrameCodec.split(frame)).isEqualTo(BYE);
  }

  @Test
  void anotherSecretIsRefused() {
    assertThatThrownBy(() -> decode(frame(OLD), NEW))
        .hasMessage("signature: wrong (expected: one with a known secret)");
  }

  @Test
  void whileSecretsChangeBothAreAccepted() throws Exception {
    assertThat(decode(frame(OLD), NEW, OLD).header()).isEqualTo(HEADER);
    assertThat(decode(frame(NEW, OLD), OLD, NEW).header()).isEqualTo(HEADER);
    assertThat(frame(NEW, OLD)).as("the first one signs").isEqualTo(frame(NEW));
  }

  @Test
  void withASecretUnsignedFramesAreRefusedAndWithoutOneSignedFrames() {
    assertThatThrownBy(() -> decode(frame(), OLD)).hasMessageContaining("a signature");
    assertThatThrownBy(() -> decode(frame(OLD))).hasMessageContaining("no signature");
  }

  @Test
  void anyChangedByteOfASignedFrameIsNoticed() {
    byte[] good = frame(OLD).array();
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThatThrownBy(() -> decode(ByteBuffer.wrap(bad), OLD)).as("byte %d", i).isNotNull();
    }
  }

  @Test
  void aFrameThatEndsWithinItsSignatureIsRefused() {
    for (int length = 0; length < 40; length++) {
      ByteBuffer cut = frame(OLD).slice(0, length);
      assertThatThrownBy(() -> decode(cut, OLD)).isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void secretsAreNeverShown() {
    PubSubSettings settings =
        FakeProvider.settings("x://h?secret=" + "s".repeat(20) + "&accept-secret=" + OLD);

    assertThat(settings.secrets()).containsExactly("s".repeat(20), OLD);
    assertThat(settings.toString()).doesNotContain("sss").doesNotContain("old").contains("=2");
  }

  @Test
  void aShortSecretIsRefusedWithoutShowingIt() {
    assertThatThrownBy(() -> PubSubSettings.DEFAULTS.withSecrets("tooshort"))
        .hasMessage("secret: 1 given (expected: at most 2, of at least 16 characters)");
    assertThatThrownBy(() -> FakeProvider.settings("x://h?accept-secret=" + OLD))
        .hasMessage("secret: none (expected: one beside accept-secret)");
  }
}
