import { loadClient } from './client.js';
import { listen } from './fallback.js';
import { fitting } from './images.js';
import * as view from './view.js';

const LOBBY = 'lobby';
const ANSWER_MS = 10_000;
const ROLL_CALL_MS = 30_000; // a host that died took its people along without a word
const $ = (id) => document.getElementById(id);

const people = new Map();
const waiting = []; // the elements of own messages; the index is the message's id
let self = { socket: '', name: '', host: { id: '', port: 0 } };
let limits = { imageBytes: 0 };
let rooms = [LOBBY];
let chosen = LOBBY;
let attached = null;
let socket;

function connect(io) {
  socket = io({ auth: (give) => give({ name: localStorage.getItem('name') || undefined }) });
  const transport = () => socket.io.engine?.transport.name ?? '';
  socket.on('connect', () => {
    view.showState('connected', transport());
    socket.io.engine.on('upgrade', () => view.showState('connected', transport()));
  });
  socket.on('disconnect', () => view.showState('disconnected'));
  socket.on('connect_error', (failure) => {
    view.showState(socket.active ? 'connecting' : 'refused');
    if (!socket.active) view.showNotice(failure.message);
  });
  socket.on('welcome', (welcome) => welcomed(welcome).catch(warned('welcome')));
  socket.on('tick', view.showTick);
  socket.on('message', (message, answer) => {
    view.addMessage(message, false);
    answer({ name: self.name, host: self.host });
  });
  socket.on('receipt', ({ id, by, missing }) => {
    const rest = missing > 0 ? `no answer from ${missing}` : '';
    const step = by.length > 0 ? 'delivered' : missing > 0 ? 'sent' : 'alone';
    view.showReceipt(waiting[id], step, by, rest);
  });
  socket.on('roll call', (answer) => answer({ name: self.name, host: self.host }));
  socket.on('joined', (who) => moved(who, 'joined', () => people.set(who.socket, who)));
  socket.on('left', (who) => moved(who, 'left', () => people.delete(who.socket)));
}

async function welcomed(welcome) {
  self = welcome;
  limits = welcome.limits;
  $('name').value = self.name;
  view.showHost(self.host);
  view.showNotice();
  for (const room of rooms.filter((name) => name !== LOBBY)) await ask('join', room);
  showRooms();
  await callTheRoll();
}

async function callTheRoll() {
  const present = await ask('who');
  people.clear();
  for (const who of [self, ...present]) people.set(who.socket, who);
  showPeople();
}

function moved(who, verb, change) {
  if (who.room === LOBBY) {
    change();
    showPeople();
  }
  view.addEvent(`${who.name} ${verb} # ${who.room}`, who.host);
}

function showPeople() {
  const sorted = [...people.values()].sort((a, b) => a.name.localeCompare(b.name));
  view.showPeople(sorted, self.socket);
}

function showRooms() {
  view.showRooms(rooms, chosen, {
    choose(room) {
      chosen = room;
      showRooms();
      $('text').focus();
    },
    leave: (room) => leave(room).catch(warned('leave')),
  });
}

async function leave(room) {
  await ask('leave', room);
  rooms = rooms.filter((name) => name !== room);
  if (chosen === room) chosen = LOBBY;
  showRooms();
}

/** What could not be done was explained by the notice; the page goes on. */
function warned(what) {
  return (failure) => console.warn(`${what}:`, failure.message);
}

/** Asks the server; a refusal or silence becomes the notice and an exception. */
async function ask(event, ...args) {
  try {
    const answer = await socket.timeout(ANSWER_MS).emitWithAck(event, ...args);
    if (answer.error) throw new Error(answer.error);
    view.showNotice();
    return answer.result;
  } catch (failure) {
    view.showNotice(failure.message);
    throw failure;
  }
}

/** Forms are for the keyboard and the browser's checks; nothing leaves the page through them. */
function onSubmit(id, handle) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    if (socket) handle().catch(warned(id));
  });
}

onSubmit('join', async () => {
  const room = await ask('join', $('room').value.trim());
  $('room').value = '';
  if (!rooms.includes(room)) rooms.push(room);
  chosen = room;
  showRooms();
});

onSubmit('rename', async () => {
  localStorage.setItem('name', $('name').value.trim());
  socket.disconnect().connect();
});

onSubmit('compose', async () => {
  const text = $('text').value.trim();
  const blob = attached;
  if (!text && !blob) return;
  $('text').value = '';
  attach(null);
  const image = blob ? await blob.arrayBuffer() : undefined;
  const draft = { id: waiting.length, room: chosen, text, image };
  const item = view.addMessage({ ...self, ...draft, from: self.name, at: Date.now(), type: blob?.type }, true);
  waiting.push(item);
  view.showReceipt(item, 'sending');
  try {
    await ask('message', draft);
    if (item.dataset.step === 'sending') view.showReceipt(item, 'sent');
  } catch (failure) {
    view.showReceipt(item, 'failed', [], `: ${failure.message}`);
  }
});

async function attach(file) {
  attached = null;
  $('image').value = '';
  $('preview').hidden = !file;
  if (!file) return;
  try {
    attached = await fitting(file, limits.imageBytes);
    $('preview-image').src = URL.createObjectURL(attached);
    $('text').focus();
  } catch {
    $('preview').hidden = true;
    view.showNotice(`${file.name}: not a picture that can be sent (expected: PNG, JPEG, GIF or WebP)`);
  }
}

$('image').addEventListener('change', (event) => attach(event.target.files[0]));
$('discard').addEventListener('click', () => attach(null));
$('text').addEventListener('paste', (event) => {
  const file = [...event.clipboardData.files].find(({ type }) => type.startsWith('image/'));
  if (file) attach(file);
});

function watchOnly() {
  document.body.classList.add('watch-only');
  const command = Object.assign(document.createElement('code'), { textContent: 'npm ci --prefix examples' });
  view.showNotice('The Socket.IO client could not be loaded, so this page only listens; to mend it, run ', command, ' and reload.');
  listen({
    state: (state) => view.showState(state, 'polling'),
    event(name, value) {
      if (name === 'welcome') view.showHost(value.host);
      if (name === 'tick') view.showTick(value);
    },
  });
}

showRooms();
const io = await loadClient();
if (io) {
  connect(io);
  setInterval(() => socket.connected && callTheRoll().catch(warned('who')), ROLL_CALL_MS);
} else {
  watchOnly();
}
