package io.starling.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.socketio.http.WebResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebResponseTest {
  @Test
  void eachStepLeavesTheOneBeforeAsItWas() {
    WebResponse plain = WebResponse.of(200);
    WebResponse withField = plain.withHeader("A", "1");

    assertThat(plain.headers()).isEmpty();
    assertThat(withField.headers()).hasSize(1);
    assertThat(withField.withBody("text/plain", new byte[3]).body().remaining()).isEqualTo(3);
    assertThat(withField.body().remaining()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 101, 199, 600})
  void aStatusThatIsNotFinalIsRefused(int status) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebResponse.of(status))
        .withMessage("status: " + status + " (expected: 200 to 599)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\r\nb", "Content-Length", "connection"})
  void aFieldThatIsNotTheApplicationsIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebResponse.of(200).withHeader(name, "1"))
        .withMessageStartingWith("header: " + name + " (expected: ");
  }

  @Test
  void aValueOfTwoLinesIsRefusedAndNotShown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebResponse.of(200).withHeader("Location", "/\r\nSet-Cookie: a"))
        .withMessage("header: value of Location (expected: one line of Latin-1)");
  }
}
