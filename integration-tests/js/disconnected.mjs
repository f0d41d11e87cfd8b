// The server emits "last" and disconnects with the transport, soon after each client has connected: node disconnected.mjs URL
// Every official client hears the event, then "io server disconnect" once, and stays away. Ends with status 0 and the
// line "passed", or with 1 and what was wrong.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { io } from "socket.io-client";
import { TcpProxy } from "./tcp-proxy.mjs";

const MODES = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const ROUND_TRIPS_MS = [0, 20, 40, 60];
const AFTER_MS = [0, 1, 2, 5, 10, 20, 30, 45, 60, 80, 100, 130, 160, 200];
const ROUNDS = 3;
const STAYS_AWAY_MS = 400;
const LIMIT_MS = 20_000;

const [url] = process.argv.slice(2);

/** What one client hears until it has been gone for a while. */
async function heard(address, transports, after) {
  const events = [];
  const socket = io(address, {
    forceNew: true,
    transports,
    reconnectionDelay: 20,
    reconnectionDelayMax: 50,
    auth: { after },
  });
  socket.on("connect", () => events.push("connect"));
  socket.on("last", () => events.push("last"));
  const gone = new Promise((resolve) => {
    socket.on("disconnect", (reason) => {
      events.push(reason);
      resolve();
    });
  });
  await Promise.race([gone, pause(LIMIT_MS)]);
  await pause(STAYS_AWAY_MS);
  socket.disconnect();
  return events;
}

async function check() {
  for (let round = 0; round < ROUNDS; round++) {
    for (const roundTrip of ROUND_TRIPS_MS) {
      const proxy = await TcpProxy.open(url, roundTrip / 2);
      for (const [mode, transports] of Object.entries(MODES)) {
        const runs = AFTER_MS.map(async (after) => {
          const events = await heard(proxy.url, transports, after);
          const run = `${mode}, ${roundTrip} ms round trip, after ${after} ms`;
          assert.deepEqual(events, ["connect", "last", "io server disconnect"], run);
        });
        await Promise.all(runs);
      }
      proxy.close();
    }
  }
  console.log("passed");
}

function fail(fault) {
  console.log(`failed: ${fault.stack}`);
  process.exit(1);
}

process.once("uncaughtException", fail);
check().then(() => process.exit(0), fail);
