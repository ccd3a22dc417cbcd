/** The suite's counting process, seen from the test: feed it, wait for it, see it die, read the store it left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NewRecord } from '@room/log';
import { childEnv } from '../harness/config.ts';
import { ended, endProcess } from '../harness/process.ts';
import { typescript } from '../harness/room.ts';
import { inTurn } from '../harness/turns.ts';
import type { Ask, Guard, Orders, Tell } from './orders.ts';

const SCRIPT = fileURLToPath(new URL('./worker.ts', import.meta.url));
const STOP_MS = 20_000;

export interface Counting extends AsyncDisposable {
  /** Events in each table as the process found them, before it counted anything. */
  readonly found: Readonly<Record<string, number>>;
  /** What it reported so far. */
  readonly reports: readonly string[];
  /** Guards that are off and were missed so far: they would have had work. */
  readonly missed: ReadonlySet<Guard>;
  /** Resolves with the reason when it asks to be ended. */
  readonly fatal: Promise<string>;
  readonly isAlive: boolean;
  /** True once the log has them durably; false when the log refused them or the process ended before it could say. */
  append(records: readonly NewRecord[]): Promise<boolean>;
  begin(): void;
  /** Resolves when a line of its reports matches. */
  reported(line: RegExp): Promise<void>;
  /** Resolves when everything appended is counted. */
  drained(): Promise<void>;
  kill(): Promise<void>;
  /** Stands still for `ms`, as on a machine that was suspended. */
  pause(ms: number): Promise<void>;
  /** Resolves when it has ended itself. */
  died(): Promise<void>;
  stop(): Promise<void>;
}

/** Resolves once it has the stores open. */
export const startCounting = (orders: Orders): Promise<Counting> => inTurn(() => start(orders));

async function start(orders: Orders): Promise<Counting> {
  const child = spawn(process.execPath, [...typescript(), SCRIPT, JSON.stringify(orders)], {
    env: childEnv({ UV_THREADPOOL_SIZE: '16' }),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const reports: string[] = [];
  const listeners = new Set<() => void>();
  const missed = new Set<Guard>();
  const answers = new Map<number, (isDurable: boolean) => void>();
  let onFatal: (reason: string) => void = () => undefined;
  const fatal = new Promise<string>((resolve) => {
    onFatal = resolve;
  });
  let asked = 0;
  let onDrained: () => void = () => undefined;
  let onReady: (found: Record<string, number>) => void = () => undefined;
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const ask = (it: Ask): void => {
    if (child.connected) child.send(it, () => undefined);
  };
  const story = (): string => [...reports, printed].join('\n').slice(-8_000);

  child.on('message', (it: Tell) => {
    if (it.tell === 'ready') onReady(it.found);
    else if (it.tell === 'drained') onDrained();
    else if (it.tell === 'report') {
      reports.push(`${it.level} ${it.message}`);
      for (const listener of listeners) listener();
    } else if (it.tell === 'off') missed.add(it.guard);
    else if (it.tell === 'fatal') {
      onFatal(it.message);
      reports.push(`fatal ${it.message}`);
    } else {
      if (it.tell === 'refused') reports.push(`refused ${it.reason}`);
      answers.get(it.number)?.(it.tell === 'appended');
      answers.delete(it.number);
    }
  });
  const gone = ended(child).then(() => {
    for (const answer of answers.values()) answer(false);
    answers.clear();
  });
  /** What comes before the process ends, or an error with its story. */
  const before = <T>(event: Promise<T>, what: string): Promise<T> =>
    Promise.race([
      event,
      gone.then(() => {
        throw new Error(
          `the counting process ended (${child.signalCode ?? child.exitCode}) before ${what}:\n${story()}`,
        );
      }),
    ]);

  const found = await before(
    new Promise<Record<string, number>>((resolve) => {
      onReady = resolve;
    }),
    'it was ready',
  );
  return {
    found,
    reports,
    missed,
    fatal,
    get isAlive() {
      return isAlive();
    },
    append(records) {
      if (!isAlive()) return Promise.resolve(false);
      return new Promise((resolve) => {
        const number = asked++;
        answers.set(number, resolve);
        ask({ ask: 'append', number, records: [...records] });
      });
    },
    begin: () => ask({ ask: 'begin' }),
    reported: (line) =>
      before(
        new Promise<void>((resolve) => {
          const listener = (): void => {
            if (!reports.some((report) => line.test(report))) return;
            listeners.delete(listener);
            resolve();
          };
          listeners.add(listener);
          listener();
        }),
        `it reported ${line}`,
      ),
    drained: () =>
      before(
        new Promise<void>((resolve) => {
          onDrained = resolve;
          ask({ ask: 'drain' });
        }),
        'all was counted',
      ),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async pause(ms) {
      child.kill('SIGSTOP');
      await sleep(ms);
      child.kill('SIGCONT');
    },
    async died() {
      await gone;
      if (child.signalCode !== 'SIGKILL')
        throw new Error(
          `the counting process ended (${child.signalCode ?? child.exitCode}) otherwise than told:\n${story()}`,
        );
    },
    stop: () => stop(child, ask),
    [Symbol.asyncDispose]: () => stop(child, ask),
  };
}

async function stop(child: ChildProcess, ask: (it: Ask) => void): Promise<void> {
  ask({ ask: 'stop' });
  const patience = setTimeout(() => void endProcess(child, 1), STOP_MS);
  await ended(child);
  clearTimeout(patience);
}
