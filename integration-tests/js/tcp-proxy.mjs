// A TCP proxy in front of a server, whose connections a test can cut.
import { once } from "node:events";
import { connect, createServer } from "node:net";

export class TcpProxy {
  #pairs = new Set();
  #server;

  /** Listens on a free port of the loopback interface. */
  static async open(target) {
    const proxy = new TcpProxy();
    const { hostname, port } = new URL(target);
    proxy.#server = createServer((client) => proxy.#join(client, connect(port, hostname)));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  #join(client, upstream) {
    const pair = [client, upstream];
    this.#pairs.add(pair);
    client.pipe(upstream).pipe(client);
    for (const [socket, other] of [pair, [upstream, client]]) {
      socket.on("error", () => {}); // "close" follows
      socket.on("close", () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
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
