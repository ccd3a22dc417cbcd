// What `npm start` and `npm test` share: they run right after a clone, so Node's own modules are all there is.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { filesUnder, fingerprint, root } from '../pipelines/sources.mjs';

export { root };

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const stamps = join(root, 'node_modules', '.cache', 'operations-room');
const windows = process.platform === 'win32';
const began = performance.now();

/** A failure that the person at the terminal can do something about: what happened, and the remedy. */
export class Trouble extends Error {
  constructor(message, remedy, output = '') {
    super(message);
    this.remedy = remedy;
    this.output = output;
  }
}

export function report(error) {
  if (error instanceof Trouble) {
    if (error.output) process.stderr.write(`${error.output.trimEnd()}\n`);
    console.error(`error: ${error.message}\n${error.remedy}`);
  } else {
    console.error(error);
  }
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Trouble(
    `Node ${process.versions.node} is too old; the room needs Node 20.19 or newer (22 and 24 are fine)`,
    'Install a newer Node and start again, or once only: npx -p node@22 node server/start.mjs',
  );
}

// ---- where the room will be

/** Where commands look for it too. */
export const dataDir = resolve(root, process.env.DATA_DIR || 'data');
/** Stands in a room's folder where its numbers are made up. */
export const simulatorKeys = join(dataDir, 'simulator-keys.jsonl');

/** What would end the room once everything is installed and open, told in the first second: a refused folder or port. */
export async function checkPlace(setting = 'PORT', byDefault = '3000') {
  const port = process.env[setting] ?? byDefault;
  // As `integerFrom` says it to whoever starts the process itself.
  if (!Number.isInteger(Number(port)) || Number(port) < 0 || Number(port) > 65_535)
    throw new Trouble(
      `${setting} is ${port}; it must be a whole number from 0 to 65535`,
      `Set ${setting} to a free port.`,
    );
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new Trouble(
      `cannot write to ${dataDir} (${error.message})`,
      'Give this user write permission, or set DATA_DIR to another folder.',
    );
  }
  const host = process.env.HOST ?? '127.0.0.1';
  const probe = createServer();
  try {
    await new Promise((done, fail) => {
      probe.once('error', fail);
      probe.listen(Number(port), host, done);
    });
  } catch (error) {
    throw new Trouble(
      error.code === 'EADDRINUSE'
        ? `port ${port} on ${host} is taken`
        : `cannot listen on ${host}, port ${port} (${error.message})`,
      `Stop what listens there, or set HOST and ${setting} to an address that is free.`,
    );
  } finally {
    probe.close();
  }
}

// ---- what is shown

let transient = false;
let lastProgress = Number.NEGATIVE_INFINITY;
let latestProgress = '';

const stamp = () => `[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s]`;

export function say(text) {
  process.stdout.write(`${transient ? '\r\x1b[K' : ''}${stamp()} ${text}\n`);
  transient = false;
  lastProgress = performance.now();
}

/** A line that the next one replaces on a terminal; elsewhere one in three seconds, or in fifteen with nothing new. */
export function progress(text) {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[K${stamp()} ${text}`.slice(0, (process.stdout.columns || 120) + 5));
    transient = true;
  } else if (performance.now() - lastProgress >= (text === latestProgress ? 15_000 : 3000)) {
    say(text);
    latestProgress = text;
  }
}

// ---- child processes

const running = new Set();

/** Starts a child in a process group of its own, so that ending it ends whatever it started. `output`: `inherit` keeps ours. */
export function start(command, args, { cwd = root, env = {}, ipc = false, shell = false, output = 'pipe' } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output, ...(ipc ? ['ipc'] : [])],
    detached: !windows,
    shell,
    windowsHide: true,
  });
  running.add(child);
  child.ended = new Promise((done) => {
    const end = (code, signal) => {
      running.delete(child);
      done({ code, signal });
    };
    child.once('close', end);
    child.once('error', (error) => {
      child.failure = error;
      end(-1, null);
    });
  });
  return child;
}

export function signalGroup(child, signal) {
  try {
    if (child.pid === undefined) return;
    if (windows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Asks the child to end, and ends it when it does not; true when it had to be killed. */
export async function end(child, graceMs) {
  if (!running.has(child)) return false;
  let killed = false;
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => {
    killed = true;
    signalGroup(child, 'SIGKILL');
  }, graceMs);
  await child.ended;
  clearTimeout(timer);
  return killed;
}

export async function endAll(graceMs = 5000) {
  await Promise.all([...running].map((child) => end(child, graceMs)));
}

export function eachLine(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n|\r/);
    rest = lines.pop();
    for (const line of lines) take(line);
  });
  stream.on('end', () => {
    if (rest) take(rest);
  });
}

/**
 * Calls `stop` for each signal that asks this process to end. npm runs it through a shell, which passes no signal on but
 * ends, so under npm a change of parent counts as one.
 */
export function onEnd(stop) {
  let asked = false;
  const ask = () => {
    asked = true;
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
  // What is said to a terminal that is gone must not keep anything from ending.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (process.env.npm_lifecycle_event === undefined || windows) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    if (!asked) ask();
  }, 500);
  watch.unref();
}

/** Runs a command to its end and keeps what it printed. */
export async function run(command, args, { onLine, ...options } = {}) {
  const child = start(command, args, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      output += `${line}\n`;
      if (onLine) onLine(line);
    });
  }
  const { code, signal } = await child.ended;
  if (child.failure) output += `${child.failure.message}\n`;
  return { code: code === null ? -1 : code, signal, output };
}

/** npm of this very Node where it can be found, so that no shell lies between; else whatever `npm` is. */
export function npm(args, options) {
  const beside = realpathSync(process.execPath);
  const found = [
    process.env.npm_execpath,
    join(dirname(beside), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    resolve(dirname(beside), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((file) => file && basename(file) === 'npm-cli.js' && existsSync(file));
  return found ? run(process.execPath, [found, ...args], options) : run('npm', args, { ...options, shell: windows });
}

/** Node options by which a process ends when its starter is gone. */
export const exitWithParent = ['--import', new URL('./exit-with-parent.mjs', import.meta.url).href];

/** What stands before a TypeScript main of this workspace so that Node runs it, and ends it when its starter is gone. */
export const typescript = () => [...exitWithParent, join(root, 'server', 'run.mjs')];

/** libuv's threads serve LMDB's commits and every file beside them; four would wait for each other. */
export const roomEnv = { DATA_DIR: dataDir, UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE || '16' };

// ---- install and build, each only when something changed

function isStamped(name, value) {
  const file = join(stamps, name);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

function setStamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}

function workspaceManifests() {
  const lines = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').split('\n');
  const folders = lines.map((line) => /^ {2}- (\S+)$/.exec(line)).filter(Boolean);
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map(([, it]) => `${it}/package.json`)]
    .map((path) => join(root, path))
    .filter((path) => existsSync(path));
}

const installed = join(root, 'node_modules', '.modules.yaml');
const wall = join(root, 'web', 'dist', 'index.html');

/** For those who neither install nor build. */
export function checkBuilt({ needsWall }) {
  const missing = !existsSync(installed) ? 'the packages are not installed' : 'the wall is not built';
  if (existsSync(installed) && (!needsWall || existsSync(wall))) return;
  throw new Trouble(missing, 'Run npm run build first; it needs the network, what it made does not.');
}

export async function install() {
  const print = fingerprint(workspaceManifests(), process.platform, process.arch);
  if (isStamped('install', print) && existsSync(installed)) return;
  const pnpm = manifest.packageManager;
  say(`installing the packages with ${pnpm} (the first time fetches some hundred MB) …`);
  // `ignore`: the pin is honoured by naming the version here; pnpm need not look for itself in the registry.
  const args = ['exec', '--yes', '--prefer-offline', pnpm, '--', 'install', '--frozen-lockfile', '--prod=false'];
  args.push('--pm-on-fail=ignore', '--config.confirmModulesPurge=false', '--reporter=append-only');
  let latest = `installing: fetching ${pnpm}`;
  const beat = setInterval(() => progress(latest), 2000);
  const { code, output } = await npm(args, {
    onLine(line) {
      const counts = /^Progress: resolved (\d+), reused (\d+), downloaded (\d+), added (\d+)/.exec(line);
      if (counts) latest = `installing: ${counts[4]} of ${counts[1]} packages, ${counts[3]} downloaded`;
      if (counts) progress(latest);
    },
  });
  clearInterval(beat);
  if (code !== 0) {
    throw new Trouble(
      `the packages could not be installed (${pnpm} ended with ${code})`,
      'Check the network and the registry and proxy settings of npm (npm config list), then start again; ' +
        'what was fetched is kept.',
      output,
    );
  }
  setStamp('install', print);
}

export async function buildWeb() {
  const web = join(root, 'web');
  const sources = [...filesUnder(web), ...filesUnder(join(root, 'pipelines', 'contract'))];
  const print = fingerprint([join(root, 'pnpm-lock.yaml'), ...sources]);
  if (isStamped('web', print) && existsSync(wall)) return;
  say('building the wall …');
  const vite = join(web, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await run(process.execPath, [vite, 'build'], { cwd: web });
  if (code !== 0) {
    throw new Trouble(
      `the wall could not be built (vite ended with ${code})`,
      'The message above names the file at fault; in an unchanged clone, remove node_modules and start again.',
      output,
    );
  }
  setStamp('web', print);
}
