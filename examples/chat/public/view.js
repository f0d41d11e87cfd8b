// What the page shows. All text goes in as text, never as markup.
const $ = (id) => document.getElementById(id);
const KEPT_MESSAGES = 300;
const COLOURS = 5;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** A host as people tell it apart: its port, the start of its id, and a colour of its own. */
export function badge(host) {
  const made = element('span', 'host', `:${host.port}`, element('code', '', host.id.slice(0, 6)));
  made.dataset.colour = host.port % COLOURS;
  made.title = `host ${host.id}`;
  return made;
}

export function showHost(host) {
  const made = badge(host);
  made.id = 'host';
  $('host').replaceWith(made);
  document.title = `:${host.port} · Starling chat`;
}

export function showState(state, transport = '') {
  $('state').textContent = state;
  $('state').dataset.state = state;
  $('transport').textContent = transport;
}

export function showTick(tick) {
  $('tick').textContent = `#${tick.n}`;
  const ticker = $('ticker');
  ticker.classList.toggle('beat-a', tick.n % 2 === 0);
  ticker.classList.toggle('beat-b', tick.n % 2 === 1);
}

export function showNotice(...content) {
  $('notice').replaceChildren(...content);
  $('notice').hidden = content.length === 0;
}

export function showRooms(rooms, chosen, { choose, leave }) {
  $('rooms').replaceChildren(...rooms.map((room) => roomChip(room, room === chosen, choose, leave)));
  $('target').textContent = chosen;
  $('text').placeholder = `Message to ${chosen}`;
}

function roomChip(room, chosen, choose, leave) {
  const pick = element('button', 'pick', `# ${room}`);
  pick.type = 'button';
  pick.setAttribute('aria-pressed', chosen);
  pick.onclick = () => choose(room);
  const chip = element('li', chosen ? 'chip chosen' : 'chip', pick);
  if (room !== 'lobby') {
    const cross = element('button', 'cross', '×');
    cross.type = 'button';
    cross.setAttribute('aria-label', `Leave ${room}`);
    cross.onclick = () => leave(room);
    chip.append(cross);
  }
  return chip;
}

export function showPeople(people, self) {
  $('count').textContent = people.length;
  $('people').replaceChildren(
    ...people.map(({ socket, name, host }) =>
      element('li', '', element('span', 'who', name, socket === self ? ' (you)' : ''), badge(host)),
    ),
  );
}

/** Adds a line that is no message: someone came, someone went. */
export function addEvent(text, host) {
  append(element('li', 'event', text, ' ', badge(host)));
}

/** Adds a message and returns its element, for the receipts to come. */
export function addMessage({ from, host, room, at, text, image, type }, own) {
  const head = element('div', 'head', element('b', '', own ? 'You' : from), badge(host));
  head.append(element('span', 'room', `# ${room}`), time(at));
  const body = element('div', 'bubble');
  if (image) body.append(thumbnail(new Blob([image], { type }), `Image from ${from}`));
  if (text) body.append(element('p', '', text));
  const item = element('li', own ? 'message own' : 'message', head, body);
  if (own) item.append(element('div', 'receipt'));
  append(item);
  return item;
}

function thumbnail(blob, alt) {
  const url = URL.createObjectURL(blob);
  const picture = element('img');
  Object.assign(picture, { src: url, alt, onload: keepAtEnd });
  const link = element('a', 'thumbnail', picture);
  Object.assign(link, { href: url, target: '_blank', rel: 'noopener' });
  return link;
}

function time(at) {
  const made = element('time', '', new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  made.dateTime = new Date(at).toISOString();
  return made;
}

/** `step`: sending, sent, delivered, alone or failed; `by`: who has it. */
export function showReceipt(item, step, by = [], detail = '') {
  const receipt = item.querySelector('.receipt');
  item.dataset.step = step;
  const ticks = element('span', 'ticks', { sending: '◌', failed: '✕', delivered: '✓✓' }[step] ?? '✓');
  ticks.setAttribute('aria-hidden', 'true');
  const words = { sending: 'sending', sent: 'sent', alone: 'sent, nobody else here', failed: 'not sent' };
  receipt.replaceChildren(ticks, words[step] ?? 'delivered to');
  for (const { name, host } of by.slice(0, 3)) receipt.append(element('span', 'by', name, badge(host)));
  if (by.length > 3) receipt.append(`and ${by.length - 3} more`);
  if (detail) receipt.append(detail);
}

function append(item) {
  const log = $('log');
  if (item.classList.contains('own')) atEnd = true;
  log.append(item);
  while (log.children.length > KEPT_MESSAGES) forget(log.firstElementChild);
  keepAtEnd();
}

function forget(item) {
  const picture = item.querySelector('.thumbnail img');
  if (picture) URL.revokeObjectURL(picture.src);
  item.remove();
}

// The log follows the newest message unless the reader scrolled back.
let atEnd = true;
let lastTop = 0;

function keepAtEnd() {
  if (atEnd) $('log').scrollTop = $('log').scrollHeight;
}

$('log').addEventListener('scroll', ({ target }) => {
  const near = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
  atEnd = near || (atEnd && target.scrollTop >= lastTop);
  lastTop = target.scrollTop;
});
new ResizeObserver(keepAtEnd).observe($('log'));
