package io.starling.integration.ours;

import io.starling.client.ClientListener;
import io.starling.client.ClientOptions;
import io.starling.client.ConnectFailedException;
import io.starling.client.DisconnectReason;
import io.starling.client.SocketIoClient;
import io.starling.client.TransportKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * A JVM with little memory and nothing but clients, which a test points at servers that mean harm.
 * Each line of its standard input is {@code NAME TRANSPORT URL}; what happens to that client is
 * printed, each line with its name. At the end of the input all clients are closed, and the threads
 * that are left are printed.
 */
final class ClientProbe {
  private final String name;
  private int next;
  private int faults;

  private ClientProbe(String name) {
    this.name = name;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Set<SocketIoClient> clients = new HashSet<>();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ", -1);
      clients.add(
          new ClientProbe(words[0])
              .start(TransportKind.valueOf(words[1].toUpperCase(Locale.ROOT)), words[2]));
    }
    clients.forEach(SocketIoClient::close);
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (left(before).findAny().isPresent() && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(50);
    }
    System.out.println("left " + left(before).map(Thread::getName).toList());
  }

  private static java.util.stream.Stream<Thread> left(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .filter(
            thread ->
                thread.getThreadGroup() != null
                    && thread.getThreadGroup().getName().equals("main"));
  }

  private synchronized void print(String text) {
    System.out.println(name + " " + text);
  }

  private SocketIoClient start(TransportKind transport, String url) {
    ClientOptions options =
        ClientOptions.builder()
            .transports(transport)
            .reconnection(false)
            .connectTimeout(Duration.ofSeconds(3))
            .maxPayloadBytes(1_000_000)
            .maxQueuedBytes(1_000_000)
            .listener(new Printing())
            .build();
    SocketIoClient client = SocketIoClient.create(url, options);
    client.socket().on("numbered", Integer.class, (number, ack) -> numbered(number));
    client.socket().on("end", (event, ack) -> print("heard " + next + " faults " + faults));
    client.socket().on("slow", (event, ack) -> new CountDownLatch(1).await());
    client.socket().answer("question", arguments -> "x".repeat(1_000));
    client
        .socket()
        .onConnectError((ConnectFailedException e) -> print("failed " + e.getMessage()));
    client.socket().onConnect(() -> print("connected"));
    var unused = client.connectAsync();
    return client;
  }

  private void numbered(int number) {
    if (number != next++) {
      faults++;
    }
  }

  private final class Printing implements ClientListener {
    @Override
    public void transportClosed(DisconnectReason reason, String detail) {
      print("closed " + reason + " " + detail);
    }
  }
}
