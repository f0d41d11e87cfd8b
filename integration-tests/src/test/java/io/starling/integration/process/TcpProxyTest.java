package io.starling.integration.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients write a byte or more, and the server's side reads. */
final class TcpProxyTest {
  private ServerSocket server;
  private TcpProxy proxy;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    proxy = TcpProxy.open(server.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private Socket accept() throws IOException {
    Socket accepted = server.accept();
    accepted.setSoTimeout(10_000);
    return accepted;
  }

  @Test
  void bytesComeLaterByTheDelay() throws IOException {
    proxy.delay(Duration.ofMillis(200));
    try (Socket client = connect();
        Socket accepted = accept()) {
      long from = System.nanoTime();
      client.getOutputStream().write(7);
      assertThat(accepted.getInputStream().read()).isEqualTo(7);
      assertThat(System.nanoTime() - from).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(190));
    }
  }

  @Test
  void onlyConnectionsOfTheNamedClientsHangAndGoOnAfterwards() throws IOException {
    try (Socket named = connect();
        Socket ofNamed = accept();
        Socket other = connect();
        Socket ofOther = accept()) {
      named.getOutputStream().write("name=x".getBytes(StandardCharsets.US_ASCII));
      assertThat(ofNamed.getInputStream().readNBytes(6)).hasSize(6);
      proxy.swallow(Pattern.compile("name=x"));
      named.getOutputStream().write(1);
      other.getOutputStream().write(2);
      assertThat(ofOther.getInputStream().read()).isEqualTo(2);
      ofNamed.setSoTimeout(100);
      assertThatThrownBy(() -> ofNamed.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      proxy.swallow(null);
      ofNamed.setSoTimeout(10_000);
      assertThat(ofNamed.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void aCutEndsAlsoAConnectionThatHangs() throws IOException {
    try (Socket client = connect();
        Socket accepted = accept()) {
      client.getOutputStream().write('x');
      assertThat(accepted.getInputStream().read()).isEqualTo('x');
      proxy.swallow(Pattern.compile("x"));
      client.getOutputStream().write('y');
      proxy.cut();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }
}
