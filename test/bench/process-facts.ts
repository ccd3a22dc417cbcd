/** What the system and a preload tell of another process. Linux only, as are the benchmarks that ask. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { config } from '../harness/config.ts';

export interface Memory {
  /** Resident, bytes. */
  all: number;
  /** Of it what only this process can give back: not files that are mapped. */
  own: number;
}

export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1] ?? 0) * 1024;
  return { all: bytes('VmRSS'), own: bytes('RssAnon') };
}

/** The system counts a process's time in hundredths of a second. */
const TICKS = 100;

/** CPU seconds of a process since it began. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Its name, in brackets, may hold anything.
  const [user = 0, system = 0] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / TICKS;
}

/** The highest of each since the start, sampled. */
export function watchMemory(pid: number): { stop(): Promise<Memory> } {
  const highest: Memory = { all: 0, own: 0 };
  const look = async (): Promise<void> => {
    const { all, own } = await memoryOf(pid);
    highest.all = Math.max(highest.all, all);
    highest.own = Math.max(highest.own, own);
  };
  const timer = setInterval(() => void look().catch(() => undefined), 250);
  return {
    stop: async () => {
      clearInterval(timer);
      await look();
      return highest;
    },
  };
}

export interface LoopDelay {
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
  /** Of its thread's own time the longest turn. */
  ran: number;
}

/** Setting under which a room measures its event loop. */
export const LOOP_DELAY_ENV = {
  NODE_OPTIONS: `--import ${pathToFileURL(fileURLToPath(new URL('./loop-delay.mjs', import.meta.url))).href}`,
};

/** Delays of the process's event loop since the last call. */
export async function loopDelay(pid: number): Promise<LoopDelay> {
  const file = join(config.tempDir, `loop-delay-${pid}.json`);
  process.kill(pid, 'SIGUSR2');
  for (;;) {
    await sleep(50);
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text === '') continue;
    await rm(file);
    return JSON.parse(text) as LoopDelay;
  }
}
