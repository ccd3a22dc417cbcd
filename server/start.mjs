// `npm start`: from a fresh clone to a live wall. Installs and builds what changed, starts the room, and feeds it from
// simulated portals unless SIMULATE=off. Ends what it started, in the reverse order.
import {
  appendFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  buildWeb,
  checkNode,
  checkPlace,
  dataDir,
  eachLine,
  end,
  endAll,
  install,
  simulatorKeys as keysFile,
  onEnd,
  progress,
  report,
  roomEnv,
  run,
  say,
  start,
  Trouble,
  typescript,
} from './bootstrap.mjs';

const HISTORY_DAYS = 90;
const LOG_BYTES = 64 * 1024 * 1024;
const INFO = 30;
const WARN = 40;

const historyDone = join(dataDir, 'simulator-history.done');
const simulatorState = join(dataDir, 'simulator-state.json');
const children = [];
let stopping = false;

/** Simulated numbers belong into the quick start alone: never by default into somebody's Kafka or ClickHouse. */
function wantsSimulator() {
  const asked = (process.env.SIMULATE || '').toLowerCase();
  // Nobody could part what is made up from what a room has counted, or was restored with.
  const isOthers = existsSync(join(dataDir, 'warehouse')) && !existsSync(keysFile);
  if (['1', 'on', 'true'].includes(asked)) {
    if (isOthers)
      throw new Trouble(
        `${dataDir} holds a room without simulated portals: SIMULATE=on would mix made-up numbers into real ones`,
        'Start without SIMULATE, or name a new folder with DATA_DIR for a trial.',
      );
    return true;
  }
  if (['0', 'off', 'false'].includes(asked)) return false;
  if (asked !== '') {
    throw new Trouble(
      `SIMULATE is ${asked}; set it to on or off`,
      'Left unset, a trial is simulated and a real room is not.',
    );
  }
  const real = ['KAFKA_BROKERS', 'CLICKHOUSE_URL'].find((name) => process.env[name]);
  if (real) say(`no simulated portals, because ${real} is set (SIMULATE=on asks for them)`);
  if (real !== undefined) return false;
  if (isOthers) say(`no simulated portals, because ${dataDir} holds a room without them`);
  return !isOthers;
}

/** The room's whole log, one older file kept beside it. */
function openLog() {
  const file = join(dataDir, 'logs', 'room.log');
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const open = () => createWriteStream(file, { flags: 'a', mode: 0o600 });
  let stream = open();
  let size = existsSync(file) ? statSync(file).size : 0;
  return (line) => {
    if (size > LOG_BYTES) {
      stream.end();
      renameSync(file, `${file}.1`);
      stream = open();
      size = 0;
    }
    size += Buffer.byteLength(line) + 1;
    stream.write(`${line}\n`);
  };
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const shown = new Map();

/** A minute of silence after each showing of the same warning, whatever its numbers; the log has them all. */
function warn(text) {
  const now = performance.now();
  const kind = text.replace(/\d+/g, '#');
  if (now - (shown.get(kind) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
  if (shown.size > 1000) shown.clear();
  shown.set(kind, now);
  say(text);
}

/** Starts the room and waits until it listens; resolves with the child and its address. */
async function startRoom() {
  say('starting …');
  const log = openLog();
  const room = start(process.execPath, [...typescript(), 'server/src/main.ts'], { env: roomEnv, ipc: true });
  children.push(room);
  let isListening = false;
  const listening = new Promise((done) => {
    eachLine(room.stdout, (line) => {
      log(line);
      const entry = parse(line);
      if (entry === undefined) return;
      if (entry.msg === 'listening' && entry.url) {
        isListening = true;
        done(entry.url);
      } else if (!isListening && entry.level === INFO) progress(`${entry.msg} …`);
      else if (entry.level >= WARN) {
        const cause = entry.err?.message;
        warn(`warning: ${entry.msg}${cause && cause !== entry.msg ? `: ${cause}` : ''}`);
      }
    });
  });
  eachLine(room.stderr, (line) => {
    log(line);
    console.error(line);
  });
  const url = await Promise.race([listening, room.ended]);
  if (typeof url !== 'string') {
    // A clean end while starting is what a signal asked for.
    if (stopping || url.code === 0) return undefined;
    throw new Trouble(
      'the room did not start',
      `Its own words are above; its log is ${join(dataDir, 'logs', 'room.log')}.`,
    );
  }
  return { room, url };
}

/** A wildcard address is where a room listens, not where a client finds it. */
function reachable(url) {
  const address = new URL(url);
  if (address.hostname === '0.0.0.0') address.hostname = '127.0.0.1';
  if (address.hostname === '[::]') address.hostname = '[::1]';
  return address.origin;
}

/** Keys are shown once, when they are made, so they are kept for the next start. */
async function simulatorKeys() {
  if (existsSync(keysFile) && readFileSync(keysFile, 'utf8').trim() !== '') return;
  let said = '';
  const { code, output } = await run(process.execPath, [...typescript(), 'server/src/keys.ts', 'create', '--all'], {
    env: roomEnv,
    onLine(line) {
      const entry = parse(line);
      if (!entry?.key) said += `${line}\n`;
      else appendFileSync(keysFile, `${line}\n`, { mode: 0o600 });
    },
  });
  if (stopping) return;
  if (code !== 0) throw new Trouble('no keys could be made for the simulated portals', said || output);
  if (!existsSync(keysFile)) {
    throw new Trouble(
      `the simulated portals' keys were made before, and ${keysFile} no longer has them`,
      `Start with SIMULATE=off, or with another DATA_DIR, or remove ${dataDir} to begin anew.`,
    );
  }
}

/** Runs the simulated portals, again when they fail; resolves when they are live, or are given up. */
async function simulate(url) {
  await simulatorKeys();
  for (let tries = 3; !stopping; tries--) {
    const { simulator, live } = startSimulator(url);
    const outcome = await Promise.race([live, simulator.ended]);
    if (outcome === 'live' || stopping) return;
    const how = `the simulated portals ended (${outcome.signal || outcome.code})`;
    if (tries === 0) {
      say(`warning: ${how} and are given up; the room goes on`);
      return;
    }
    say(`warning: ${how}; starting them again …`);
    await sleep(2000);
  }
}

/** What ministries and provinces reported of their programmes this year, made up; those of a start before stay. */
async function simulateReports() {
  // A database elsewhere may be somebody's.
  if (stopping || process.env.DATABASE_URL) return;
  const args = ['test/portal/programme-main.ts', '--data', dataDir];
  if (process.env.CATALOGUE) args.push('--catalogue', process.env.CATALOGUE);
  const { code, output } = await run(process.execPath, [...typescript(), ...args], { env: roomEnv });
  if (code !== 0 && !stopping) say(`warning: no simulated reports of programmes: ${output.trim().split('\n').at(-1)}`);
}

function startSimulator(url) {
  const args = ['test/portal/main.ts', '--url', url, '--keys', keysFile];
  args.push('--history', String(HISTORY_DAYS), '--state', simulatorState, '--live');
  if (process.env.CATALOGUE) args.push('--catalogue', process.env.CATALOGUE);
  const simulator = start(process.execPath, [...typescript(), ...args], { env: roomEnv, ipc: true });
  children.push(simulator);
  let isLive = false;
  const live = new Promise((done) => {
    eachLine(simulator.stdout, (line) => {
      const share = /^history \S+ (\d+) ?%/.exec(line);
      if (share) progress(`history ${share[1]} %`);
      else if (line.startsWith('history done')) {
        if (!existsSync(historyDone)) say(line);
        writeFileSync(historyDone, `${new Date().toISOString()}\n`);
      } else if (line.startsWith('live')) {
        isLive = true;
        done('live');
      }
    });
  });
  // Being told to wait while history fills is the room at work, not a trouble.
  eachLine(simulator.stderr, (line) => {
    if (!line.includes('answered 429')) warn(`simulated portals: ${line}`);
  });
  void simulator.ended.then(({ code, signal }) => {
    if (isLive && !stopping) say(`warning: the simulated portals ended (${signal || code}); the room goes on`);
  });
  return { simulator, live };
}

async function stop() {
  if (stopping) {
    await endAll(0);
    return;
  }
  stopping = true;
  if (process.stdout.isTTY) process.stdout.write('\n');
  say('stopping …');
  for (const child of children.reverse()) {
    if (await end(child, 15_000)) say('warning: a process did not end within 15 s and was killed');
  }
  await endAll();
  process.exit(0);
}

async function main() {
  checkNode();
  const simulated = wantsSimulator();
  await checkPlace();
  await install();
  if (!stopping) await buildWeb();
  if (stopping) return;
  const started = await startRoom();
  if (started === undefined) return;
  const { room, url } = started;
  void room.ended.then(async ({ code, signal }) => {
    if (stopping) return;
    stopping = true;
    await endAll();
    console.error(`error: the room ended by itself (${signal || code})`);
    console.error(`Its log is ${join(dataDir, 'logs', 'room.log')}; start again once the cause is mended.`);
    process.exit(1);
  });
  if (simulated) {
    say('numbers are made up here; a real room begins empty, in a folder of its own: DATA_DIR=~/room npm run serve');
    if (!existsSync(historyDone)) say(`the wall is at ${url}; filling in ${HISTORY_DAYS} days of simulated history …`);
    await simulate(reachable(url));
    await simulateReports();
  }
  if (!stopping) say(`ready: ${url}`);
}

onEnd(() => void stop());

main().catch(async (error) => {
  if (stopping) return;
  stopping = true;
  await endAll();
  report(error);
  process.exit(1);
});
