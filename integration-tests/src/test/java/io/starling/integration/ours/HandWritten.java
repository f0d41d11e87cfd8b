package io.starling.integration.ours;

import io.starling.integration.process.FakeServer;
import io.starling.integration.process.FakeServer.Exchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Servers that a test writes by hand, up to the connect of the namespace {@code /}. */
final class HandWritten {
  static final String CONNECTED = "40{\"sid\":\"two\"}";

  private HandWritten() {}

  /** The first packet of a session. */
  static String open(String upgrades) {
    return "0{\"sid\":\"one\",\"upgrades\":["
        + upgrades
        + "],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
  }

  /**
   * A server of one client that knows only polling; it offers an upgrade and refuses it.
   *
   * @param firstPoll what the first poll is answered with, once the client has asked to connect
   */
  static FakeServer.Script polling(String firstPoll, String... handshakeHeaders) {
    CountDownLatch posted = new CountDownLatch(1);
    AtomicBoolean answered = new AtomicBoolean();
    return exchange -> {
      FakeServer.Request request = exchange.request();
      if (request.wantsWebSocket()) {
        exchange.answer(400, "no WebSocket here");
      } else if (!request.target().contains("sid=")) {
        exchange.answer(200, open("\"websocket\""), handshakeHeaders);
      } else if (request.method().equals("POST")) {
        exchange.answer(200, "ok");
        posted.countDown();
      } else if (awaited(posted) && answered.compareAndSet(false, true)) {
        exchange.answer(200, firstPoll);
      } else {
        exchange.awaitEnd(); // the next poll stays open
      }
    };
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(Heard.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Goes on with a WebSocket whose client is connected. */
  interface Attack {
    void run(Exchange exchange) throws IOException;
  }

  static FakeServer.Script webSocket(Attack attack) {
    return exchange -> {
      exchange.upgrade();
      exchange.text(open(""));
      if (!exchange.read().equals("40")) {
        throw new IOException("no CONNECT");
      }
      exchange.text(CONNECTED);
      attack.run(exchange);
      exchange.awaitEnd();
    };
  }
}
