// The newest official client against a server that offers permessage-deflate: node compressed.mjs URL
// Ends with status 0 and the line "passed", or with 1 and what was wrong.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { ask, Client, hear } from "./client.mjs";

const library = createRequire(import.meta.url)("socket.io-client");
const ROUNDS = 20;
const MODES = { default: ["polling", "websocket"], websocket: ["websocket"] };

const [url] = process.argv.slice(2);
for (const [mode, transports] of Object.entries(MODES)) {
  const client = new Client(library, url, mode, transports);
  // The client compresses everything, the server what is large.
  const socket = await client.connect("", { perMessageDeflate: { threshold: 0 } });
  assert.match(String(socket.io.engine.transport.ws.extensions), /permessage-deflate/);
  const large = ["ünï \u{1f600} ".repeat(2_000), Buffer.alloc(50_000, 0x5a), { deep: ["x"] }];
  for (let i = 0; i < ROUNDS; i++) {
    const echoed = hear(socket, "echoed", 2);
    socket.emit("echo-back", ...large);
    socket.emit("echo-back", i);
    assert.deepEqual(await echoed, [large, [i]]);
    assert.deepEqual(await ask(socket, "echo", i, ...large), [i, ...large]);
  }
  client.close();
}
console.log("passed");
process.exit(0);
