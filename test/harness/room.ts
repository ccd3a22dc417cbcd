/** The real room as a child process of a test: its own port, its own data, no setting inherited. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { childEnv } from './config.ts';
import { ended, endProcess, run } from './process.ts';
import { tempDir } from './temp.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface RoomOptions {
  /** A folder that outlives the room; without it a temporary one. */
  dataDir?: string;
  /** A catalogue folder; without it the one the room ships with. */
  catalogue?: string;
  /** Kafka brokers; without them the embedded log. */
  kafka?: string;
  env?: Record<string, string>;
}

export interface Room extends AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
  readonly dataDir: string;
  readonly operatorToken: string;
  /** A portal key of this source, made at the first asking. */
  key(source: string): Promise<string>;
  /** Everything it has printed so far. */
  logs(): string;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it as a power failure would, or sends another signal. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again with the data it had; `env` adds to its settings. */
  restart(env?: Record<string, string>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Node options by which a TypeScript main of the workspace runs, and ends when we are gone. */
export function typescript(): string[] {
  const tsx = createRequire(join(ROOT, 'server', 'package.json')).resolve('tsx');
  const lifeline = pathToFileURL(join(ROOT, 'server', 'lifeline.mjs'));
  return ['--import', lifeline.href, '--import', pathToFileURL(tsx).href];
}

export async function startRoom(options: RoomOptions = {}): Promise<Room> {
  const temporary = options.dataDir === undefined ? await tempDir('data') : undefined;
  const dataDir = options.dataDir ?? temporary?.path ?? '';
  const operatorToken = randomUUID();
  const keys = new Map<string, Promise<string>>();
  let settings: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    OPERATOR_TOKEN: operatorToken,
    UV_THREADPOOL_SIZE: '16',
    ...(options.catalogue === undefined ? {} : { CATALOGUE: options.catalogue }),
    ...(options.kafka === undefined ? {} : { KAFKA_BROKERS: options.kafka }),
    ...options.env,
  };
  let child: ChildProcess | undefined;
  let printed = '';
  let url = '';

  async function launch(): Promise<void> {
    child = spawn(process.execPath, [...typescript(), 'server/src/main.ts'], {
      cwd: ROOT,
      env: childEnv(settings),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    url = await untilListening(child);
    // A portal that comes back finds the room where it was.
    settings = { ...settings, PORT: new URL(url).port };
  }

  function untilListening(started: ChildProcess): Promise<string> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        started.kill('SIGKILL');
        fail(new Error(`the room did not listen within ${START_MS} ms:\n${printed.slice(-8000)}`));
      }, START_MS);
      const take = (line: string): void => {
        printed += `${line}\n`;
        const found = listeningUrl(line);
        if (found !== undefined) {
          clearTimeout(timer);
          done(found);
        }
      };
      for (const stream of [started.stdout, started.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on('line', take);
      }
      started.once('close', (code, signal) => {
        clearTimeout(timer);
        fail(new Error(`the room ended (${signal ?? code}) before it listened:\n${printed.slice(-8000)}`));
      });
      started.once('error', fail);
    });
  }

  async function stop(): Promise<void> {
    if (child === undefined) return;
    child.kill('SIGCONT');
    if (await endProcess(child, STOP_MS)) printed += `(killed, because it did not end within ${STOP_MS} ms)\n`;
  }

  async function makeKey(source: string): Promise<string> {
    const command = [...typescript(), 'server/src/keys.ts', 'create', source];
    const { code, stdout, output } = await run(process.execPath, command, { cwd: ROOT, env: childEnv(settings) });
    if (code !== 0) throw new Error(`no key for ${source}:\n${output}`);
    return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { key: string }).key;
  }

  async function dispose(): Promise<void> {
    await stop();
    await temporary?.[Symbol.asyncDispose]();
  }

  try {
    await launch();
  } catch (error) {
    await dispose();
    throw error;
  }

  return {
    get url() {
      return url;
    },
    get pid() {
      return child?.pid;
    },
    dataDir,
    operatorToken,
    key(source) {
      const made = keys.get(source) ?? makeKey(source);
      keys.set(source, made);
      return made;
    },
    logs: () => printed,
    stop,
    async kill(signal = 'SIGKILL') {
      if (child === undefined) return;
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended(child);
    },
    async restart(env = {}) {
      await stop();
      settings = { ...settings, ...env };
      await launch();
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function listeningUrl(line: string): string | undefined {
  if (!line.includes('"msg":"listening"')) return undefined;
  const { url } = JSON.parse(line) as { url?: string };
  return url;
}
