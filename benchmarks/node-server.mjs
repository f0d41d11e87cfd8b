// The bench server contract on Node's socket.io: node node-server.mjs PORT [REDIS_URL KEY]
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const [port, url, key] = process.argv.slice(2);
const options = { perMessageDeflate: false, httpCompression: false, serveClient: false };
if (url) {
  const publisher = createClient({ url });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  options.adapter = createAdapter(publisher, subscriber, { key });
}

const http = createServer();
const io = new Server(http, options);
io.on('connection', (socket) => {
  socket.on('echo', (value, ack) => ack(value));
  socket.on('join', (room, ack) => {
    socket.join(room);
    ack('ok');
  });
  socket.on('bcast', (room, payload) => (room === null ? io : io.to(room)).emit('msg', payload));
});
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 }, () => console.log('ready'));
