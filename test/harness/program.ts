/** A main of this repository as a child process of a test: its own port, no setting inherited, killed and started again at will. */
import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { childEnv } from './config.ts';
import { ended, endProcess } from './process.ts';
import { inTurn } from './turns.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface ProgramOptions {
  /** What a failure calls it, as "the room". */
  name: string;
  /** From the top of the repository. */
  main: string;
  args?: readonly string[];
  env: Readonly<Record<string, string>>;
  /** The setting that holds its port: what it took at the first start is what it gets at the next. */
  port?: string;
  /** Whoever starts it has a turn already, for it and others that wait for each other. */
  isInTurn?: boolean;
  /** What it sends over the IPC channel. */
  onMessage?: (message: unknown) => void;
}

export interface Program extends AsyncDisposable {
  /** Where it said that it listens. */
  readonly url: string;
  readonly pid: number | undefined;
  readonly isAlive: boolean;
  /** Null while it runs, or when a signal ended it. */
  readonly exitCode: number | null;
  /** Everything it has printed so far. */
  logs(): string;
  /** Over the IPC channel; resolves once the message is on its way. */
  tell(message: Serializable): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it as a power failure would, or sends another signal. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again; `env` adds to its settings. */
  restart(env?: Record<string, string>): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const EXIT_WITH_PARENT = ['--import', pathToFileURL(join(ROOT, 'server', 'exit-with-parent.mjs')).href];

/** What stands before a TypeScript main of the workspace so that Node runs it, and ends it when we are gone. */
export function typescript(): string[] {
  return [...EXIT_WITH_PARENT, join(ROOT, 'server', 'run.mjs')];
}

/** Resolves once the program says in a line of its log that it listens; rejects with what it printed if it ends before. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, main, args = [], port, isInTurn = false, onMessage } = options;
  let settings = { ...options.env };
  let child: ChildProcess | undefined;
  let printed = '';
  let url = '';

  async function launch(): Promise<void> {
    const before = main.endsWith('.mjs') ? EXIT_WITH_PARENT : typescript();
    child = spawn(process.execPath, [...before, main, ...args], {
      cwd: ROOT,
      env: childEnv(settings),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    if (onMessage !== undefined) child.on('message', onMessage);
    url = await untilListening(child);
    if (port !== undefined) settings = { ...settings, [port]: new URL(url).port };
  }

  function untilListening(started: ChildProcess): Promise<string> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        started.kill('SIGKILL');
        fail(new Error(`${name} did not listen within ${START_MS} ms:\n${printed.slice(-8000)}`));
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
        fail(new Error(`${name} ended (${signal ?? code}) before it listened:\n${printed.slice(-8000)}`));
      });
      started.once('error', fail);
    });
  }

  async function stop(): Promise<void> {
    if (child === undefined) return;
    child.kill('SIGCONT');
    if (await endProcess(child, STOP_MS)) printed += `(killed, because it did not end within ${STOP_MS} ms)\n`;
  }

  try {
    await (isInTurn ? launch() : inTurn(launch));
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    get url() {
      return url;
    },
    get pid() {
      return child?.pid;
    },
    get isAlive() {
      return child !== undefined && child.exitCode === null && child.signalCode === null;
    },
    get exitCode() {
      return child?.exitCode ?? null;
    },
    logs: () => printed,
    tell: (message) =>
      new Promise((done, fail) => {
        if (child?.connected !== true) fail(new Error(`${name} is not running`));
        else child.send(message, (error) => (error === null ? done() : fail(error)));
      }),
    stop,
    async kill(signal = 'SIGKILL') {
      if (child === undefined) return;
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended(child);
    },
    async restart(env = {}) {
      await stop();
      settings = { ...settings, ...env };
      await inTurn(launch);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function listeningUrl(line: string): string | undefined {
  if (!line.includes('"msg":"listening"')) return undefined;
  const { url, health } = JSON.parse(line) as { url?: string; health?: string };
  return url ?? (health === undefined ? undefined : new URL(health).origin);
}
