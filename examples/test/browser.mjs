// Drives the chat page in headless Chromium: node browser.mjs MODE FIRST_URL SECOND_URL SCREENSHOT_FOLDER
//   chat      two people on two servers, with the client that npm installed
//   cdn       the same page when only the CDN has the client (answered here from the npm package)
//   fallback  the same page when nobody has the client
//   mended    the same page after npm ci, while the servers go on
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [mode, first, second, folder] = process.argv.slice(2);
const WAIT_MS = 15_000;
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update',
];
const PICTURE = { x: 275, y: 0, width: 560, height: 320 };
const faults = [];

async function open(url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  page.on('pageerror', (error) => faults.push(`${url}: ${error.stack}`));
  await page.route('https://cdn.socket.io/**', (route) => (mode === 'cdn' ? answerAsCdn(route) : route.abort()));
  await page.goto(url);
  await page.waitForSelector('#state[data-state=connected]');
  return page;
}

function answerAsCdn(route) {
  const file = new URL('../node_modules/socket.io-client/dist/socket.io.min.js', import.meta.url);
  const headers = { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' };
  return route.fulfill({ body: readFileSync(file), headers });
}

const portOf = (url) => `:${new URL(url).port}`;
const shot = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });
const message = (page, text) => page.locator('.message', { hasText: text });

async function upgraded(page) {
  await page.locator('#transport', { hasText: 'websocket' }).waitFor();
}

async function named(page, name) {
  await page.fill('#name', name);
  await page.click('#rename button');
  await page.locator('#people', { hasText: `${name} (you)` }).waitFor();
  await upgraded(page);
}

async function say(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

async function enter(page, room) {
  await page.fill('#room', room);
  await page.click('#join button');
  await page.locator('.chip.chosen', { hasText: room }).waitFor();
}

async function receipt(page, text, step) {
  const item = message(page, text).and(page.locator(`[data-step=${step}]`));
  await item.waitFor();
  return item.locator('.receipt').innerText();
}

async function tickMoves(page) {
  const read = async () => Number((await page.locator('#tick').innerText()).slice(1));
  await page.locator('#tick', { hasText: '#' }).waitFor();
  const before = await read();
  await page.waitForFunction((n) => Number(document.querySelector('#tick').textContent.slice(1)) > n, before);
}

const steps = {
  async 'each page names the host that served it'({ ada, grace }) {
    for (const [page, url] of [[ada, first], [grace, second]]) {
      assert.match(await page.locator('#host').innerText(), new RegExp(`^${portOf(url)}`));
    }
    assert.notEqual(await ada.locator('#host').getAttribute('title'), await grace.locator('#host').getAttribute('title'));
  },
  async 'both connections were upgraded'({ ada, grace }) {
    await upgraded(ada);
    await upgraded(grace);
  },
  async 'people see each other across the servers'({ ada, grace }) {
    await named(ada, 'Ada');
    await named(grace, 'Grace');
    await ada.locator('#people li', { hasText: 'Grace' }).filter({ hasText: portOf(second) }).waitFor();
    await grace.locator('#people li', { hasText: 'Ada' }).filter({ hasText: portOf(first) }).waitFor();
  },
  async 'a message typed in one appears in the other with its host'({ ada, grace }) {
    await say(ada, 'Hello from the first server');
    const head = message(grace, 'Hello from the first server').locator('.head');
    assert.match(await head.innerText(), new RegExp(`Ada\\s*${portOf(first)}`));
    await say(grace, 'Hello back from the second, over the bus');
    await message(ada, 'Hello back').waitFor();
  },
  async 'the receipt names the client on the other host'({ ada }) {
    assert.match(await receipt(ada, 'Hello from the first server', 'delivered'), new RegExp(`Grace\\s*${portOf(second)}`));
  },
  async 'an image sent in one appears in the other'({ ada, grace }) {
    const buffer = await grace.screenshot({ clip: PICTURE });
    await grace.setInputFiles('#image', { name: 'screen.png', mimeType: 'image/png', buffer });
    await grace.waitForSelector('#preview:not([hidden])');
    await say(grace, 'A picture');
    const picture = message(ada, 'A picture').locator('img');
    await picture.waitFor();
    assert.equal(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth)), PICTURE.width);
    assert.match(await receipt(grace, 'A picture', 'delivered'), /Ada/);
  },
  async 'a room is heard by its members only'({ ada, grace }) {
    await enter(ada, 'engine room');
    await say(ada, 'Nobody hears this');
    await receipt(ada, 'Nobody hears this', 'alone');
    await enter(grace, 'engine room');
    await say(ada, 'Now there are two of us');
    await message(grace, 'Now there are two of us').waitFor();
    assert.equal(await message(grace, 'Nobody hears this').count(), 0);
  },
  async 'a room that was left is silent'({ ada, grace }) {
    await grace.getByLabel('Leave engine room').click();
    await ada.locator('.event', { hasText: 'Grace left # engine room' }).waitFor();
    await say(ada, 'Gone again');
    await receipt(ada, 'Gone again', 'alone');
  },
  async 'a refused room is explained'({ ada }) {
    await ada.fill('#room', '<b>');
    await ada.click('#join button');
    await ada.locator('#notice', { hasText: 'expected:' }).waitFor();
    await shot(ada, 'notice');
    await ada.fill('#room', '');
    await ada.locator('.pick', { hasText: 'lobby' }).click();
    await say(ada, 'Back in the lobby');
    await ada.locator('#notice').waitFor({ state: 'hidden' });
  },
  async 'the ticker moves on both'({ ada, grace }) {
    await tickMoves(ada);
    await tickMoves(grace);
  },
  async 'it fits a narrow screen'({ ada, grace }) {
    await shot(ada, 'light');
    await shot(grace, 'dark');
    const narrow = await open(second, { viewport: { width: 390, height: 780 }, colorScheme: 'light' });
    await named(narrow, 'Edsger');
    await say(ada, 'A telephone joined us');
    await message(narrow, 'A telephone joined us').waitFor();
    await tickMoves(narrow);
    assert.ok(await narrow.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await shot(narrow, 'narrow');
  },
};

async function chat() {
  const ada = await open(first, { viewport: { width: 1100, height: 760 }, colorScheme: 'light' });
  const grace = await open(second, { viewport: { width: 1100, height: 760 }, colorScheme: 'dark' });
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step({ ada, grace });
    } catch (failure) {
      await Promise.allSettled([shot(ada, 'failed-first'), shot(grace, 'failed-second')]);
      throw new Error(name, { cause: failure });
    }
    console.log(`ok - ${name}`);
  }
}

async function cdn() {
  await upgraded(await open(first, {}));
  console.log('ok - the client of the CDN has the hash that the page expects');
}

async function mended() {
  await upgraded(await open(first, {}));
  console.log('ok - the client that npm installed meanwhile is found by a reload');
}

async function fallback() {
  const page = await open(second, { viewport: { width: 1100, height: 400 } });
  await page.locator('#notice', { hasText: 'npm ci --prefix examples' }).waitFor();
  assert.match(await page.locator('#host').innerText(), new RegExp(`^${portOf(second)}`));
  await tickMoves(page);
  await shot(page, 'fallback');
  console.log('ok - without a client the page says so and still shows host, state and ticker');
}

const profile = mkdtempSync(join(tmpdir(), 'starling-browser-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: FLAGS,
  env: { ...process.env, HOME: profile },
});
try {
  await { chat, cdn, fallback, mended }[mode]();
  assert.deepEqual(faults, []);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
