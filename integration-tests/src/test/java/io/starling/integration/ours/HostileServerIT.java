package io.starling.integration.ours;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.FakeServer;
import io.starling.integration.process.FakeServer.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that mean harm, and a client with 64 MB of memory, of which 1 MB may be a message. The
 * process ends at the first {@code OutOfMemoryError}.
 */
@Execution(ExecutionMode.CONCURRENT)
final class HostileServerIT {
  private static final long TOO_MUCH = 200_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CONTINUATION = 0;
  private static final int FINAL = 0x80;

  private static ChildProcess probe;

  @BeforeAll
  static void startTheClient() {
    probe =
        ChildProcess.start(
            "client",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                ClientProbe.class.getName()));
    probe.awaitLine(Pattern.compile("^ready"), PATIENCE);
  }

  @AfterAll
  static void theClientLeavesNoThread() {
    try (ChildProcess ending = probe) {
      assertThat(ending.isAlive()).as(ending.describe("lives")).isTrue();
      ending.input(List.of());
      ending.awaitSuccess(PATIENCE);
      assertThat(ending.lines()).anyMatch(line -> line.equals("left []"));
    }
  }

  /** Lets the client connect. Returns its name, with which its lines begin. */
  private static String connect(FakeServer server, String transport) {
    String name = UUID.randomUUID().toString();
    synchronized (HostileServerIT.class) {
      probe.tell(name + " " + transport + " " + server.url());
    }
    return name;
  }

  private static String told(String client, String pattern) {
    return probe.awaitLine(Pattern.compile("^" + client + " (" + pattern + ".*)"), PATIENCE).group(1);
  }

  /** Writes the same bytes until the client has enough; gives how many were written. */
  private static void endless(Exchange exchange, AtomicLong written, byte[] bytes)
      throws IOException {
    while (written.get() < TOO_MUCH) {
      exchange.write(bytes);
      written.addAndGet(bytes.length);
    }
  }

  /** Forms of messages without an end. */
  enum Endless {
    ONE_TEXT_FRAME {
      @Override
      void begin(Exchange exchange) throws IOException {
        exchange.write(Exchange.head(FINAL | TEXT, 4L << 30));
      }
    },
    ONE_BINARY_FRAME {
      @Override
      void begin(Exchange exchange) throws IOException {
        exchange.write(Exchange.head(FINAL | BINARY, 4L << 30));
      }
    },
    FRAGMENTS {
      @Override
      void begin(Exchange exchange) throws IOException {
        exchange.frame(TEXT, new byte[] {'4'});
      }

      @Override
      byte[] next() {
        return ByteBuffer.allocate(10_004)
            .put(Exchange.head(CONTINUATION, 10_000))
            .put("a".repeat(10_000).getBytes(US_ASCII))
            .array();
      }
    },
    TINY_FRAGMENTS {
      @Override
      void begin(Exchange exchange) throws IOException {
        exchange.frame(TEXT, new byte[] {'4'});
      }

      @Override
      byte[] next() {
        return ByteBuffer.allocate(3_000).put("\u0000\u0001a".repeat(1_000).getBytes(US_ASCII)).array();
      }
    };

    abstract void begin(Exchange exchange) throws IOException;

    byte[] next() {
      return "a".repeat(60_000).getBytes(US_ASCII);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMessageWithoutEndIsCutShort(Endless form) {
    AtomicLong written = new AtomicLong();
    try (FakeServer server =
        FakeServer.open(
            HandWritten.webSocket(
                exchange -> {
                  form.begin(exchange);
                  endless(exchange, written, form.next());
                }))) {
      String client = connect(server, "websocket");

      assertThat(told(client, "closed")).startsWith("closed PARSE_ERROR").contains("1000000");
      assertThat(written.get()).isLessThan(TOO_MUCH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 4000000000", "Transfer-Encoding: chunked"})
  void anAnswerWithoutEndIsCutShort(String header) {
    AtomicLong written = new AtomicLong();
    byte[] part = "a".repeat(60_000).getBytes(US_ASCII);
    byte[] chunk = ("ea60\r\n" + "a".repeat(60_000) + "\r\n").getBytes(US_ASCII);
    try (FakeServer server =
        FakeServer.open(
            exchange -> {
              exchange.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n").getBytes(US_ASCII));
              endless(exchange, written, header.endsWith("chunked") ? chunk : part);
            })) {
      String client = connect(server, "polling");

      assertThat(told(client, "failed")).isNotEqualTo("failed ");
      assertThat(written.get()).isLessThan(TOO_MUCH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Header: a\r\n", "HTTP/1.1 100 Continue\r\n\r\n"})
  void aHandshakeWithoutEndIsGivenUp(String line) {
    AtomicLong written = new AtomicLong();
    try (FakeServer server =
        FakeServer.open(
            exchange -> {
              exchange.write("HTTP/1.1 200 OK\r\n".getBytes(US_ASCII));
              endless(exchange, written, line.repeat(100).getBytes(US_ASCII));
            })) {
      for (String transport : List.of("polling", "websocket")) {
        assertThat(told(connect(server, transport), "failed")).isNotEqualTo("failed ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "<html>welcome</html>",
        "0",
        "0{}",
        "0[]",
        "0{\"sid\":1,\"upgrades\":[],\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":1}",
        "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":-1,\"pingTimeout\":-1,\"maxPayload\":-1}",
        "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":1e99,\"pingTimeout\":1,\"maxPayload\":1}",
        "1",
        "40{\"sid\":\"early\"}"
      })
  void aHandshakeThatIsNoneIsAReason(String body) {
    try (FakeServer polling = FakeServer.open(exchange -> exchange.answer(200, body));
        FakeServer webSocket =
            FakeServer.open(
                exchange -> {
                  exchange.upgrade();
                  exchange.text(body);
                  exchange.awaitEnd();
                })) {
      assertThat(told(connect(polling, "polling"), "failed")).isNotEqualTo("failed ");
      assertThat(told(connect(webSocket, "websocket"), "failed")).isNotEqualTo("failed ");
    }
  }

  @Test
  void aServerOfProtocol2IsAReason() {
    try (FakeServer server =
        FakeServer.open(
            exchange -> {
              exchange.upgrade();
              exchange.text(HandWritten.open(""));
              exchange.text("40");
              exchange.awaitEnd();
            })) {
      assertThat(told(connect(server, "websocket"), "failed")).isNotEqualTo("failed ");
    }
  }

  static Stream<List<Object>> malformed() {
    return Stream.of(
        List.of(""),
        List.of("x"),
        List.of("4"),
        List.of("4x"),
        List.of("49"),
        List.of("42{}"),
        List.of("42[]"),
        List.of("42[1"),
        List.of("42[\"a\"]x"),
        List.of("42[{}]"),
        List.of("43[1]"),
        List.of("4299999999999999999999[\"a\"]x"),
        List.of("42[\"a\"," + "[".repeat(100_000)),
        List.of(new byte[] {1}),
        List.of("451-[\"a\",{\"_placeholder\":true,\"num\":0}]", "42[\"b\"]"),
        List.of("451-[\"a\",{\"_placeholder\":true,\"num\":7}]", new byte[] {1}),
        List.of("4599-[\"a\"]"),
        List.of("451999999999-[\"a\"]"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedPacketEndsTheConnection(List<Object> packets) {
    try (FakeServer server =
        FakeServer.open(
            HandWritten.webSocket(
                exchange -> {
                  for (Object packet : packets) {
                    if (packet instanceof byte[] bytes) {
                      exchange.binary(bytes);
                    } else {
                      exchange.text((String) packet);
                    }
                  }
                }))) {
      String client = connect(server, "websocket");

      assertThat(told(client, "closed")).startsWith("closed PARSE_ERROR ");
      await().atMost(PATIENCE).until(() -> server.connections() == 0);
    }
  }

  @Test
  void packetsThatMeanNothingAreIgnored() {
    try (FakeServer server =
        FakeServer.open(
            HandWritten.webSocket(
                exchange -> {
                  for (String packet :
                      List.of("6", "437[1]", "437[1]", "43999999999999[1]", "42/other,[\"a\"]")) {
                    exchange.text(packet);
                  }
                  exchange.text("42[\"end\"]");
                }))) {
      String client = connect(server, "websocket");

      assertThat(told(client, "heard")).isEqualTo("heard 0 faults 0");
    }
  }

  @Test
  void manyEventsASecondArriveEachOnceAndInOrder() {
    int count = 20_000;
    try (FakeServer server =
        FakeServer.open(
            HandWritten.webSocket(
                exchange -> {
                  for (int number = 0; number < count; number++) {
                    exchange.text("42[\"numbered\"," + number + "]");
                  }
                  exchange.text("42[\"end\"]");
                }))) {
      String client = connect(server, "websocket");

      assertThat(told(client, "heard")).isEqualTo("heard " + count + " faults 0");
    }
  }

  /** The client stops reading: the network holds the rest back. */
  @Test
  void eventsForAHandlerThatBlocksAreNotRead() {
    AtomicLong written = new AtomicLong();
    byte[] payload = ("42[\"slow\",\"" + "x".repeat(1_000) + "\"]").getBytes(US_ASCII);
    byte[] frame =
        ByteBuffer.allocate(payload.length + 4)
            .put(Exchange.head(FINAL | TEXT, payload.length))
            .put(payload)
            .array();
    try (FakeServer server =
        FakeServer.open(HandWritten.webSocket(exchange -> endless(exchange, written, frame)))) {
      told(connect(server, "websocket"), "connected");

      stalls(written);
    }
  }

  /** Its answers wait in the queue of what is to be sent, which is bounded. */
  @ParameterizedTest
  @ValueSource(strings = {"2", "421[\"question\"]"})
  void aServerThatAsksAndDoesNotReadIsLeftOrNotReadAnyMore(String packet) {
    AtomicLong written = new AtomicLong();
    byte[] frame =
        ByteBuffer.allocate(packet.length() + 2)
            .put(Exchange.head(FINAL | TEXT, packet.length()))
            .put(packet.getBytes(US_ASCII))
            .array();
    try (FakeServer server =
        FakeServer.open(
            HandWritten.webSocket(
                exchange -> endless(exchange, written, repeat(frame, 1_000))))) {
      told(connect(server, "websocket"), "connected");

      stalls(written);
    }
  }

  private static byte[] repeat(byte[] bytes, int times) {
    ByteBuffer all = ByteBuffer.allocate(bytes.length * times);
    for (int i = 0; i < times; i++) {
      all.put(bytes);
    }
    return all.array();
  }

  /** Nothing more is written, because nobody reads it or because the connection is closed. */
  private static void stalls(AtomicLong written) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> last.getAndSet(written.get()) == written.get());
    assertThat(written.get()).isBetween(1L, TOO_MUCH - 1);
    assertThat(probe.isAlive()).isTrue();
  }

  @Test
  void aPollWithManyPacketsArrivesInOrder() {
    int count = 5_000;
    StringBuilder body = new StringBuilder(HandWritten.CONNECTED);
    for (int number = 0; number < count; number++) {
      body.append('\u001e').append("42[\"numbered\",").append(number).append(']');
    }
    body.append('\u001e').append("42[\"end\"]");
    try (FakeServer server = FakeServer.open(HandWritten.polling(body.toString()))) {
      assertThat(told(connect(server, "polling"), "heard"))
          .isEqualTo("heard " + count + " faults 0");
    }
  }
}
