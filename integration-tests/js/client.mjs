// One release of the official client in one mode, and the sockets that a test opens with it.
import { once } from "node:events";

const PATIENCE_MS = 15_000;

export class Client {
  #library;
  #sockets = [];
  #closeables = [];

  /** @param transports what the mode of this name allows, in the order of preference */
  constructor(library, url, mode, transports) {
    this.#library = library;
    this.url = url;
    this.mode = mode;
    this.transports = transports;
  }

  /** A socket that connects by itself; with a connection of its own and, unless told, no reconnection. */
  open(path = "", options = {}) {
    const base = options.url ?? this.url;
    const defaults = { forceNew: true, reconnection: false, transports: this.transports };
    const socket = this.#library.io(base + path, { ...defaults, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket in the namespace, on the last of its transports. */
  async connect(path, options) {
    const socket = this.open(path, options);
    await connected(socket);
    await this.settle(socket);
    return socket;
  }

  /** Several namespaces over one connection. */
  async multiplex(...names) {
    const manager = new this.#library.Manager(this.url, { reconnection: false, transports: this.transports });
    const sockets = names.map((name) => manager.socket(name));
    this.#sockets.push(...sockets);
    await Promise.all(sockets.map(connected));
    return sockets;
  }

  /** Waits for the upgrade where there is one; throws when another transport is in use. */
  async settle(socket) {
    const { engine } = socket.io;
    const last = this.transports.at(-1);
    if (engine.transport.name !== last && this.mode === "default") {
      await once(engine, "upgrade");
    }
    if (engine.transport.name !== last) {
      throw new Error(`transport: ${engine.transport.name} (expected: ${last})`);
    }
  }

  /** Closes it with this client, after its sockets. */
  closeLater(closeable) {
    this.#closeables.push(closeable);
    return closeable;
  }

  close() {
    this.#sockets.forEach((socket) => socket.disconnect());
    this.#closeables.forEach((closeable) => closeable.close());
  }
}

async function connected(socket) {
  const refused = new Promise((_, reject) => socket.once("connect_error", reject));
  await Promise.race([once(socket, "connect"), refused]);
}

/** Sends an event and gives the arguments of its ack. */
export function ask(socket, ...event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ack for ${event[0]}`)), PATIENCE_MS);
    socket.emit(...event, (...answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** The arguments of the next events of this name, so many. */
export function hear(socket, name, count) {
  const heard = [];
  return new Promise((resolve) => {
    socket.on(name, function listener(...event) {
      heard.push(event);
      if (heard.length === count) {
        socket.off(name, listener);
        resolve(heard);
      }
    });
  });
}
