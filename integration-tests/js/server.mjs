// The vocabulary of TestApplication on the official server: node server.mjs PORT [recovery]
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const [port, recovery] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, {
  pingInterval: 1000,
  pingTimeout: 5000,
  serveClient: false,
  ...(recovery && { connectionStateRecovery: {} }),
});

const refuse = (data) => Object.assign(new Error('not you'), { data });

io.on('connection', (socket) => {
  const last = (values) => values[values.length - 1];
  socket.on('echo', (...values) => last(values)(...values.slice(0, -1)));
  socket.on('echo-back', (...values) => socket.emit('echoed', ...values));
  socket.on('ask', (id, value, ack) => io.sockets.sockets.get(id).emit('question', value, (...answer) => ack(...answer)));
  socket.on('produce', (name, count, ack) => {
    for (let number = 0; number < count; number++) {
      io.emit('stream', name, number);
    }
    ack();
  });
  socket.on('handshake', (ack) => {
    const { auth, query, headers } = socket.handshake;
    ack({ id: socket.id, auth, query, headers });
  });
  socket.on('leave', (close) => socket.disconnect(close));
});
io.of('/custom').on('connection', (socket) => socket.on('auth', (ack) => ack(socket.handshake.auth)));
io.of('/greeting').on('connection', (socket) => socket.emit('welcome', socket.id));
io.of('/closed').use((socket, next) => next(refuse({ code: 7 })));
io.of('/guarded').use((socket, next) => next(socket.handshake.auth.token === 'right' ? undefined : refuse({ code: 8 })));

http.listen(Number(port), '127.0.0.1', () => console.log(`ready on http://localhost:${http.address().port}`));
