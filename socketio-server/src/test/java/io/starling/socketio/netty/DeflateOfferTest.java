package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateOfferTest {
  private static final String ANSWER =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "Permessage-Deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=10;server_no_context_takeover",
        "permessage-deflate; client_max_window_bits=\"15\"",
        "x-webkit-deflate-frame, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate"
      })
  void anOfferThatCanBeMetIsAccepted(String offer) {
    assertThat(DeflateOffer.accept(List.of(offer))).contains(ANSWER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"permessage-deflate; server_max_window_bits=15"})
  void theWindowOfTheServerIsConfirmed(String offer) {
    assertThat(DeflateOffer.accept(List.of(offer)))
        .contains(ANSWER + "; server_max_window_bits=15");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "permessage-bzip2",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; unknown",
        "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; client_max_window_bits; client_max_window_bits"
      })
  void anOfferThatCannotIsNot(String offer) {
    assertThat(DeflateOffer.accept(List.of(offer))).isEmpty();
  }
}
