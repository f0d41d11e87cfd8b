// What the official client does against a running cluster: node scenarios.mjs NAME URL_A URL_B [PRODUCER...]
// Ends with status 0 and the line "passed", or with 1 and what was wrong.
import assert from "node:assert/strict";
import { once } from "node:events";
import { io, Manager } from "socket.io-client";
import { NumberedStreams } from "./streams.mjs";

const LIMIT_MS = 45_000;
const PATIENCE_MS = 10_000;
const STREAM_LENGTH = 1_000;
const TRANSPORTS = { polling: ["polling"], websocket: ["websocket"], upgraded: ["polling", "websocket"] };

const sockets = [];

/** An unconnected client with a connection of its own; default settings but for what is given. */
function client(url, options = {}) {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  sockets.push(socket);
  return socket;
}

async function connected(url, options) {
  const socket = client(url, options);
  await Promise.race([once(socket, "connect"), failure(socket)]);
  return socket;
}

function failure(socket) {
  return new Promise((_, reject) => socket.once("connect_error", reject));
}

/** Sends an event and gives the arguments of its ack. */
function ask(socket, ...event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ack for ${event[0]}`)), PATIENCE_MS);
    socket.emit(...event, (...answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

async function upgrade(socket) {
  if (socket.io.engine.transport.name !== "websocket") {
    await once(socket.io.engine, "upgrade");
  }
}

/** What arrives as "news" until the mark, which whoever sent the rest emits last. */
function newsUntilMark(socket) {
  const news = [];
  return new Promise((resolve) => {
    socket.on("news", (what) => (what === "mark" ? resolve(news) : news.push(what)));
  });
}

const binary = (bytes) => ({ name: "photo", parts: [Buffer.from(bytes), 7], last: Buffer.from([0xff]) });

async function echoesBinary(options) {
  for (const url of [a, b]) {
    const socket = await connected(url, options);
    const large = Buffer.alloc(200_000, 0x5a);
    assert.deepEqual(await ask(socket, "echo", binary([1, 2, 3]), large), [binary([1, 2, 3]), large]);
    const back = once(socket, "echoed");
    socket.emit("echo-back", binary([]), "text", null);
    assert.deepEqual((await back).slice(0, 3), [binary([]), "text", null]);
    assert.equal(socket.io.engine.transport.name, options.transports[0]);
  }
}

const scenarios = {
  async "default-settings"() {
    const clients = await Promise.all(Array.from({ length: 10 }, (_, i) => connected(i % 2 ? b : a)));
    await Promise.all(clients.map(upgrade));
    for (const [i, socket] of clients.entries()) {
      assert.equal(socket.io.engine.transport.name, "websocket");
      assert.deepEqual(await ask(socket, "echo", i), [i]);
    }
  },

  async "websocket-only"() {
    const socket = await connected(a, { transports: TRANSPORTS.websocket });
    assert.deepEqual(await ask(socket, "echo", "ünï", { deep: [1, null, true] }), ["ünï", { deep: [1, null, true] }]);
    assert.equal(socket.io.engine.transport.name, "websocket");
  },

  async "polling-only"() {
    const socket = await connected(a, { transports: TRANSPORTS.polling });
    assert.deepEqual(await ask(socket, "echo", "ünï", { deep: [1, null, true] }), ["ünï", { deep: [1, null, true] }]);
    assert.equal(socket.io.engine.transport.name, "polling");
  },

  async "binary-over-polling"() {
    await echoesBinary({ transports: TRANSPORTS.polling });
  },

  async "binary-over-websocket"() {
    await echoesBinary({ transports: TRANSPORTS.websocket });
  },

  async "acks-both-ways"() {
    const [asker, answerer] = [await connected(a), await connected(b)];
    answerer.on("question", (question, answer) => answer({ to: question, bytes: Buffer.from([9, 8]) }));
    const answer = await ask(asker, "ask", answerer.id, "how are you");
    assert.deepEqual(answer, [{ to: "how are you", bytes: Buffer.from([9, 8]) }]);
  },

  async "namespaces"() {
    const manager = new Manager(a, { reconnection: false });
    const main = manager.socket("/");
    const custom = manager.socket("/custom", { auth: { token: "abc" } });
    sockets.push(main, custom);
    await Promise.all([once(main, "connect"), once(custom, "connect")]);
    assert.notEqual(main.id, custom.id);
    assert.deepEqual(await ask(custom, "auth"), [{ token: "abc" }]);
    custom.disconnect();
    assert.deepEqual(await ask(main, "echo", "still here"), ["still here"]);
  },

  async "connect-error"() {
    const unknown = await new Promise((resolve) => client(`${a}/unknown`).once("connect_error", resolve));
    assert.equal(unknown.message, "Invalid namespace");
    const refused = await new Promise((resolve) => client(`${a}/closed`).once("connect_error", resolve));
    assert.equal(refused.message, "not you");
    assert.deepEqual(refused.data, { code: 7 });
  },

  async "rooms-across-hosts"() {
    const [onA, onB, left] = await Promise.all([connected(a), connected(b), connected(b)]);
    const heard = [onA, onB, left].map(newsUntilMark);
    await ask(onA, "remote-join", onB.id, "room");
    await ask(onA, "remote-join", left.id, "room");
    await ask(onA, "remote-leave", left.id, "room");
    await ask(onA, "to", "room", "room");
    await ask(onA, "except", "room", "except");
    await ask(onA, "broadcast", binary([4, 5]));
    await ask(onA, "broadcast", "mark");
    assert.deepEqual(await Promise.all(heard), [
      ["except", binary([4, 5])],
      ["room", binary([4, 5])],
      ["except", binary([4, 5])],
    ]);
    const gone = once(onB, "disconnect");
    await ask(onA, "remote-disconnect", onB.id);
    assert.equal((await gone)[0], "io server disconnect");
  },

  /** The default clients upgrade while the streams flow. Other producers start at the line "listening". */
  async "ordered-streams"() {
    const expected = Object.fromEntries(["a", "b", ...others].map((origin) => [origin, STREAM_LENGTH]));
    const clients = [a, b].flatMap((url) =>
      Object.entries(TRANSPORTS).map(([name, transports]) => ({ name: `${name} client of ${url}`, url, transports })),
    );
    const complete = clients.map(async ({ name, url, transports }) => {
      const socket = client(url, { transports });
      const streams = new NumberedStreams(name, expected);
      socket.on("stream", (origin, number) => streams.heard(origin, number));
      const settled = newsUntilMark(socket);
      await Promise.race([once(socket, "connect"), failure(socket)]);
      return { socket, streams, settled, transport: transports.at(-1) };
    });
    const listeners = await Promise.all(complete);
    const started = others.map((origin) => heardFrom(origin, listeners[0].socket));
    console.log("listening");
    await Promise.all(started);
    await Promise.all([ask(listeners[0].socket, "produce", "a", STREAM_LENGTH), ask(listeners[3].socket, "produce", "b", STREAM_LENGTH)]);
    await Promise.all(listeners.map(({ streams }) => streams.complete()));
    await ask(listeners[0].socket, "broadcast", "mark");
    await Promise.all(listeners.map(({ settled }) => settled));
    for (const { socket, streams, transport } of listeners) {
      streams.verify();
      await upgradeTo(socket, transport);
    }
  },
};

/** Resolves at the first message of a stream. */
function heardFrom(origin, socket) {
  return new Promise((resolve) => socket.on("stream", (from) => from === origin && resolve()));
}

async function upgradeTo(socket, transport) {
  if (transport === "websocket") {
    await upgrade(socket);
  }
  assert.equal(socket.io.engine.transport.name, transport);
}

const [name, a, b, ...others] = process.argv.slice(2);
const limit = setTimeout(() => end(new Error(`not done within ${LIMIT_MS} ms`)), LIMIT_MS);

function end(fault) {
  clearTimeout(limit);
  sockets.forEach((socket) => socket.disconnect());
  console.log(fault ? `failed: ${fault.stack}` : "passed");
  process.exitCode = fault ? 1 : 0;
  if (fault) {
    process.exit();
  }
}

scenarios[name]().then(() => end(), end);
