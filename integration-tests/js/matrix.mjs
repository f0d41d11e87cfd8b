// Releases of the official client against one server, each in each mode: node matrix.mjs URL
// Prints one line for each: "RELEASE MODE passed", or "RELEASE MODE failed at STEP: what was wrong".
import { createRequire } from "node:module";
import { Client } from "./client.mjs";
import { steps } from "./steps.mjs";

const RELEASES = ["client-3-1", "client-4-0", "client-4-5", "socket.io-client"];
const MODES = { default: ["polling", "websocket"], websocket: ["websocket"], polling: ["polling"] };
const STEP_LIMIT_MS = 20_000;

const require = createRequire(import.meta.url);

function limit(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done within ${STEP_LIMIT_MS} ms`)), STEP_LIMIT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function run(url, release, mode) {
  for (const [name, step] of Object.entries(steps)) {
    const client = new Client(require(release), url, mode, MODES[mode]);
    try {
      await limit(step(client));
    } catch (fault) {
      const oneLine = fault.stack.replaceAll(/\s+/g, " ");
      console.log(`${release} ${mode} failed at "${name}": ${oneLine}`);
      return false;
    } finally {
      client.close();
    }
  }
  console.log(`${release} ${mode} passed`);
  return true;
}

const [url] = process.argv.slice(2);
const runs = RELEASES.flatMap((release) => Object.keys(MODES).map((mode) => run(url, release, mode)));
process.exit((await Promise.all(runs)).every(Boolean) ? 0 : 1);
