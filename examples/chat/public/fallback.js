// Enough of Engine.IO 4 long-polling and Socket.IO 5 to listen to text events: no sending, no
// binary, no upgrade. Used only when the official client cannot be loaded.
const SEPARATOR = '\x1e';
const RETRY_MS = 2000;

/**
 * Connects and stays connected.
 * `on.state(text)` hears of the connection, `on.event(name, ...args)` of every event.
 */
export async function listen(on) {
  for (;;) {
    try {
      await oneSession(on);
    } catch (failure) {
      console.warn('polling:', failure.message);
    }
    on.state('disconnected');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function oneSession(on) {
  on.state('connecting');
  const url = new URL('/socket.io/?EIO=4&transport=polling', location);
  const [open] = await poll(url);
  url.searchParams.set('sid', JSON.parse(open.slice(1)).sid);
  await post(url, '40' + JSON.stringify({ listenOnly: true }));
  for (;;) {
    for (const packet of await poll(url)) {
      if (packet === '1' || packet.startsWith('41')) return;
      if (packet === '2') await post(url, '3');
      else receive(packet, on);
    }
  }
}

function receive(packet, on) {
  if (packet.startsWith('40')) on.state('connected');
  else if (packet.startsWith('44')) throw new Error(JSON.parse(packet.slice(2)).message);
  else if (packet.startsWith('42[')) on.event(...JSON.parse(packet.slice(2)));
}

async function poll(url) {
  return (await request(url, {})).split(SEPARATOR);
}

function post(url, body) {
  return request(url, { method: 'POST', body, headers: { 'Content-Type': 'text/plain;charset=UTF-8' } });
}

async function request(url, options) {
  const response = await fetch(url, { ...options, cache: 'no-store' });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}
