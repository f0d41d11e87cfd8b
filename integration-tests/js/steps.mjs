// What every release of the official client does in every mode, in this order.
import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { ask, hear } from "./client.mjs";
import { TcpProxy } from "./tcp-proxy.mjs";

const CLIENTS = 10;
const NUMBERED = 100;
const BINARY_BYTES = 100_000;
const CUT_LIMIT_MS = 5_000;
// At once; between two polls nothing is cut, and the server finds out when its ping is not answered: 6 s.
const unansweredLimitMs = ({ mode }) => (mode === "polling" ? 10_000 : 5_000);

const binary = () => ({
  name: "photo",
  parts: [Buffer.from([1, 2, 3]), 7, { deeper: [Buffer.alloc(BINARY_BYTES, 0x5a)] }],
  empty: Buffer.alloc(0),
});

/** Resolves when the server knows no client of this id any more. */
async function forgotten(socket, id) {
  while ((await ask(socket, "is-here", id))[0]) {
    await pause(20);
  }
}

/** Cuts until the client notices, which between two polls it does not; gives its reason. */
async function cut(proxy, socket) {
  const timer = setInterval(() => proxy.cut(), 20);
  proxy.cut();
  const [reason] = await once(socket, "disconnect", { signal: AbortSignal.timeout(CUT_LIMIT_MS) });
  clearInterval(timer);
  return reason;
}

export const steps = {
  async "connect with auth"(client) {
    const token = { token: "ünï", n: 1 };
    const fixed = await client.connect("/custom", { auth: token });
    assert.deepEqual(await ask(fixed, "auth"), [token]);
    const asked = await client.connect("/custom", { auth: (give) => give(token) });
    assert.deepEqual(await ask(asked, "auth"), [token]);
  },

  async "10 of 10 clients end up on their transport"(client) {
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => client.connect()));
    const answers = await Promise.all(sockets.map((socket, i) => ask(socket, "echo", i)));
    assert.deepEqual(answers, sockets.map((_, i) => [i]));
  },

  async "events of several arguments both ways"(client) {
    const socket = await client.connect();
    const event = ["ünï \u{1f600} \u2028", 1, -0.5, true, null, { deep: [1, { a: [] }] }, [], ""];
    const echoed = hear(socket, "echoed", 2);
    socket.emit("echo-back", ...event);
    socket.emit("echo-back");
    assert.deepEqual(await echoed, [event, []]);
  },

  async "order kept from the first moment on"(client) {
    const socket = client.open();
    const numbers = Array.from({ length: NUMBERED }, (_, i) => [i, Buffer.from([i])]);
    const echoed = hear(socket, "echoed", NUMBERED);
    await once(socket, "connect");
    for (const number of numbers) {
      socket.emit("echo-back", ...number);
      await pause(1);
    }
    assert.deepEqual(await echoed, numbers);
    await client.settle(socket);
  },

  async "acks both ways"(client) {
    const socket = await client.connect();
    assert.deepEqual(await ask(socket, "echo", "a", 2, null), ["a", 2, null]);
    socket.on("question", (question, answer) => answer(question, "yes", { n: 1 }));
    assert.deepEqual(await ask(socket, "ask", socket.id, "well"), ["well", "yes", { n: 1 }]);
  },

  async "binary both ways"(client) {
    const socket = await client.connect();
    const echoed = hear(socket, "echoed", 2);
    socket.emit("echo-back", binary(), Buffer.from([0xff]));
    socket.emit("echo-back", "text after binary");
    assert.deepEqual(await echoed, [[binary(), Buffer.from([0xff])], ["text after binary"]]);
  },

  async "binary acks both ways"(client) {
    const socket = await client.connect();
    assert.deepEqual(await ask(socket, "echo", binary(), 1), [binary(), 1]);
    socket.on("question", (question, answer) => answer(question, Buffer.from([9])));
    assert.deepEqual(await ask(socket, "ask", socket.id, binary()), [binary(), Buffer.from([9])]);
  },

  async "namespaces over one connection"(client) {
    const [main, custom] = await client.multiplex("/", "/custom");
    assert.notEqual(main.id, custom.id);
    assert.equal((await ask(custom, "auth")).length, 1);
    custom.disconnect();
    assert.deepEqual(await ask(main, "echo", "still here"), ["still here"]);
    custom.connect();
    await once(custom, "connect");
    assert.equal((await ask(custom, "auth")).length, 1);
  },

  async "connect_error with data"(client) {
    const [error] = await once(client.open("/closed"), "connect_error");
    assert.equal(error.message, "not you");
    assert.deepEqual(error.data, { code: 7 });
  },

  async "unknown namespace"(client) {
    const [error] = await once(client.open("/unknown"), "connect_error");
    assert.equal(error.message, "Invalid namespace");
  },

  async "the server disconnects"(client) {
    const [socket, other] = [await client.connect(), await client.connect()];
    const { id } = socket;
    const gone = once(socket, "disconnect");
    await ask(other, "remote-disconnect", id);
    assert.equal((await gone)[0], "io server disconnect");
    await forgotten(other, id);
    socket.connect();
    await once(socket, "connect");
    assert.notEqual(socket.id, id);
    assert.deepEqual(await ask(socket, "echo", "back"), ["back"]);
  },

  async "the client disconnects"(client) {
    const [socket, other] = [await client.connect(), await client.connect()];
    const { id } = socket;
    const gone = once(socket, "disconnect");
    socket.disconnect();
    assert.equal((await gone)[0], "io client disconnect");
    await forgotten(other, id);
  },

  async "recovery from a killed connection"(client) {
    const other = await client.connect();
    const proxy = client.closeLater(await TcpProxy.open(client.url));
    const again = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 100 };
    const socket = client.open("", { url: proxy.url, ...again });
    const room = `room-${Math.random()}`;
    await new Promise((resolve) => {
      socket.on("connect", () => socket.emit("join", room, () => resolve()));
    });
    await client.settle(socket);
    for (let round = 0; round < 2; round++) {
      const { id } = socket;
      await ask(socket, "echo", "upgraded on the server too");
      const unanswered = ask(other, "ask", id, "gone before the answer");
      await ask(other, "echo", "asked");
      const start = Date.now();
      assert.match(await cut(proxy, socket), /^transport (close|error)$/);
      const kept = ask(socket, "echo", "kept while offline");
      await once(socket, "connect");
      assert.notEqual(socket.id, id);
      assert.deepEqual(await kept, ["kept while offline"]);
      await forgotten(other, id);
      assert.match((await unanswered)[0], /^not answered/);
      assert.ok(Date.now() - start < unansweredLimitMs(client), "the question to the old client ends with it");
      await client.settle(socket);
      const news = hear(socket, "news", 1);
      await ask(socket, "join", "settled");
      await ask(other, "to", room, "for the room");
      assert.deepEqual(await news, [["for the room"]]);
      assert.deepEqual(await ask(socket, "echo", binary()), [binary()]);
    }
  },
};
