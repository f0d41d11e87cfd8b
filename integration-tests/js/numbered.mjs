// Many official clients in one process, which note every numbered message that they hear: node numbered.mjs ROOMS
// Lines of the input drive them:
//   connect COUNT URL...       clients are spread over the URLs, and connect again by themselves
//   drop URL                   ends the clients of a URL; what they heard is still told
//   mark MILLIS ORIGIN...      from now on waits until every client has heard from every origin what was sent since
//   status                     tells how many are connected, and how many messages they heard together
//   report                     tells what each connection of each client heard
//   quit
// Messages are ["n", stream, number, sentAtMillis]. What was heard is told as ranges in the order of arrival, so that
// 0-41,43-50,42-42 shows that 42 came late.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const rooms = Number(process.argv[2]);
const clients = [];
let mark = null;

const say = (...words) => console.log("#", Date.now(), ...words);

function connect(url) {
  const number = clients.length;
  const transports = number % 3 === 0 ? ["polling", "websocket"] : ["websocket"];
  const auth = { room: `room${number % rooms}` };
  const socket = io(url, { forceNew: true, transports, auth, reconnectionDelay: 200, reconnectionDelayMax: 1000 });
  const client = { number, url, socket, sessions: [], since: new Set() };
  let session = null;
  socket.on("connect", () => {
    session = { host: "?", from: Date.now(), to: 0, streams: new Map() };
    client.sessions.push(session);
  });
  socket.on("disconnect", (reason) => {
    session.to = Date.now();
    session.reason = reason.replaceAll(" ", "_");
  });
  socket.on("host", (name) => (session.host = name));
  socket.on("n", (stream, n, sentAt, ...more) => {
    heard(session, stream, n);
    if (mark && sentAt >= mark.millis) {
      client.since.add(stream.slice(0, stream.indexOf("-")));
      checkMark();
    }
    const ack = more.at(-1);
    if (typeof ack === "function") {
      ack(number);
    }
  });
  clients.push(client);
}

function heard(session, stream, n) {
  const ranges = session.streams.get(stream);
  if (!ranges) {
    session.streams.set(stream, [[n, n]]);
  } else if (ranges.at(-1)[1] + 1 === n) {
    ranges.at(-1)[1] = n;
  } else {
    ranges.push([n, n]);
  }
}

function checkMark() {
  const isBehind = ({ socket, since }) => !socket.connected || mark.origins.some((origin) => !since.has(origin));
  if (!clients.some((client) => !client.dropped && isBehind(client))) {
    say("healed", mark.millis);
    mark = null;
  }
}

function report() {
  for (const { number, sessions } of clients) {
    for (const { host, from, to, reason, streams } of sessions) {
      const text = [...streams].map(([stream, ranges]) => `${stream}=${ranges.map(([a, b]) => `${a}-${b}`).join(",")}`);
      say("session", number, host, from, to, reason ?? "open", text.join(";"));
    }
  }
  say("reported", clients.length);
}

function drop(url) {
  for (const client of clients.filter((each) => each.url === url)) {
    client.dropped = true;
    client.socket.disconnect();
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, ...words] = line.split(" ");
  if (command === "connect") {
    const [count, ...urls] = words;
    for (let i = 0; i < Number(count); i++) {
      connect(urls[i % urls.length]);
    }
  } else if (command === "drop") {
    drop(words[0]);
  } else if (command === "mark") {
    mark = { millis: Number(words[0]), origins: words.slice(1) };
    clients.forEach((client) => client.since.clear());
  } else if (command === "status") {
    say("status", clients.filter((client) => client.socket.connected).length, heardInAll());
  } else if (command === "report") {
    report();
  } else if (command === "quit") {
    process.exit(0);
  }
});

function heardInAll() {
  let total = 0;
  for (const { sessions } of clients) {
    for (const { streams } of sessions) {
      for (const ranges of streams.values()) {
        total += ranges.reduce((sum, [a, b]) => sum + b - a + 1, 0);
      }
    }
  }
  return total;
}
