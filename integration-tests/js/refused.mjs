// A client of protocol 3 is refused before it is connected in any way: node refused.mjs URL
// Ends with status 0 and the line "passed", or with 1 and what was wrong.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import io from "client-2-5";

const REFUSAL = "Unsupported protocol version"; // code 5 of Engine.IO
const WEBSOCKET = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const [url] = process.argv.slice(2);

/** What the client reports when it tries this transport. */
async function refusal(transport) {
  const socket = io(url, { forceNew: true, reconnection: false, transports: [transport] });
  socket.once("connect", () => assert.fail(`${transport}: connected`));
  const [error] = await once(socket, "connect_error");
  socket.disconnect();
  return error;
}

/** The bare answer to the request that such a client sends. */
async function answer(transport, headers) {
  const sent = request(`${url}/socket.io/?EIO=3&transport=${transport}`, { headers });
  sent.once("upgrade", () => assert.fail(`${transport}: 101`));
  sent.end();
  const [response] = await once(sent, "response");
  const body = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, body };
}

function fail(fault) {
  console.log(`failed: ${fault.stack}`);
  process.exit(1);
}

async function check() {
  const polling = await refusal("polling");
  assert.equal(polling.message, "xhr poll error");
  assert.equal(polling.description, 400);
  const websocket = await refusal("websocket");
  assert.equal(websocket.message, "websocket error");
  assert.match(String(websocket.description.message ?? websocket.description), /Unexpected server response: 400/);
  assert.deepEqual(await answer("polling", {}), { status: 400, body: `{"code":5,"message":"${REFUSAL}"}` });
  assert.deepEqual(await answer("websocket", WEBSOCKET), { status: 400, body: REFUSAL });
  console.log("passed");
}

process.once("uncaughtException", fail);
check().then(() => process.exit(0), fail);
