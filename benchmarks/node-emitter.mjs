// Emits each line of the standard input with the official emitter: node node-emitter.mjs REDIS_URL KEY
import { createInterface } from 'node:readline';
import { Emitter } from '@socket.io/redis-emitter';
import { createClient } from 'redis';

// The emitter does not wait for Redis. Without a pause the commands of the whole input would wait in this process.
const BETWEEN_PAUSES = 1_000;

const [url, key] = process.argv.slice(2);
const client = createClient({ url });
await client.connect();
const emitter = new Emitter(client, { key });
let lines = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { event, args, rooms } = JSON.parse(line);
  emitter.to(rooms).emit(event, ...args);
  lines += 1;
  if (lines % BETWEEN_PAUSES === 0) {
    await client.ping();
  }
}
await client.ping();
client.destroy();
console.log(`${lines} lines`);
