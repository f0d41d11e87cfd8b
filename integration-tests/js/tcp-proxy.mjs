// A TCP proxy in front of a server, whose connections a test can cut or delay.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class TcpProxy {
  #pairs = new Set();
  #server;
  #delayMs;

  /**
   * Listens on a free port of the loopback interface.
   *
   * @param delayMs how long bytes are on their way in either direction: half of a round trip
   */
  static async open(target, delayMs = 0) {
    const proxy = new TcpProxy();
    proxy.#delayMs = delayMs;
    const { hostname, port } = new URL(target);
    proxy.#server = createServer((client) => proxy.#join(client, connect(port, hostname)));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  #join(client, upstream) {
    const pair = [client, upstream];
    this.#pairs.add(pair);
    if (this.#delayMs > 0) {
      this.#delay(client, upstream);
      this.#delay(upstream, client);
    } else {
      client.pipe(upstream).pipe(client);
    }
    for (const [socket, other] of [pair, [upstream, client]]) {
      socket.on("error", () => {}); // "close" follows
      socket.on("close", () => {
        setTimeout(() => other.destroy(), this.#delayMs);
        this.#pairs.delete(pair);
      });
    }
  }

  /** Timers of the same length fire in their order. */
  #delay(from, to) {
    from.on("data", (bytes) => setTimeout(() => to.writable && to.write(bytes), this.#delayMs));
    from.on("end", () => setTimeout(() => to.end(), this.#delayMs));
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Resets every connection, on both sides, as a network does; new ones are accepted. */
  cut() {
    this.#pairs.forEach((pair) => pair.forEach((socket) => socket.resetAndDestroy()));
  }

  close() {
    this.#server.close();
    this.cut();
  }
}
