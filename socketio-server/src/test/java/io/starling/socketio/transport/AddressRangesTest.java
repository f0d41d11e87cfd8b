package io.starling.socketio.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.168.128.0/17, 192.168.200.1, true",
    "192.168.128.0/17, 192.168.127.255, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "::1, 0:0:0:0:0:0:0:1, true",
    "fd00::/8, fdab::1, true",
    "fd00::/8, fe80::1, false"
  })
  void aRangeHoldsItsAddresses(String range, String address, boolean held)
      throws UnknownHostException {
    assertThat(AddressRanges.of(List.of(range)).test(InetAddress.getByName(address)))
        .isEqualTo(held);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "proxy.example", "cafe", "10.0.0.0/33", "10.0.0/8", "::1/129", "1.2.3.4/8/9"})
  void whatIsNoRangeIsRefused(String text) {
    assertThatThrownBy(() -> AddressRanges.of(List.of("::1", text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("trusted-proxies: " + text + " (expected:");
  }

  @Test
  void noRangeHoldsNothing() {
    assertThat(AddressRanges.of(List.of()).test(InetAddress.getLoopbackAddress())).isFalse();
  }
}
