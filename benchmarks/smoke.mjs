// Asks a running bench server for everything that its contract promises: node smoke.mjs URL
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { io } = createRequire(new URL('../examples/package.json', import.meta.url))('socket.io-client');
const WAIT_MS = 10_000;
const open = () => io(process.argv[2], { transports: ['websocket'], forceNew: true });
const next = (socket) => new Promise((resolve) => socket.once('msg', resolve));
const deadline = setTimeout(() => assert.fail('no answer in time'), WAIT_MS);

const [one, other] = [open(), open()];
assert.equal(await one.emitWithAck('echo', 'hello'), 'hello');
assert.equal(await one.emitWithAck('join', 'news'), 'ok');
assert.equal(await other.emitWithAck('echo', 1), 1);

const toRoom = next(one);
other.on('msg', (payload) => assert.notEqual(payload, 'members only'));
one.emit('bcast', 'news', 'members only');
assert.equal(await toRoom, 'members only');

const toAll = [next(one), next(other)];
one.emit('bcast', null, 'everybody');
assert.deepEqual(await Promise.all(toAll), ['everybody', 'everybody']);

one.close();
other.close();
clearTimeout(deadline);
console.log('ok - echo, join, bcast to a room and to everybody');
