/** What every benchmark prints: the machine, then one line a figure, with its peer of the same run and their ratio. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileSystemOf } from '@room/operations';
import { config } from '../harness/config.ts';

export interface Figure {
  /** What was measured, with the load under which it was. */
  what: string;
  /** Our figure with its unit, as `12.3 ms`. */
  ours: string;
  /** The peer's name and its figure in the same run. */
  peer?: string;
  /** Ours divided by the peer's. */
  ratio?: number;
  /** What was aimed at. The reader judges; nothing here passes or fails. */
  goal?: string;
}

export async function machine(): Promise<string> {
  const [cpu] = cpus();
  const load = loadavg()[0] ?? 0;
  const { name, lacksJournal } = await fileSystemOf(config.tempDir);
  const disk = `${name}${lacksJournal ? ' without a journal (TMPDIR names another)' : ''}`;
  return `machine: ${availableParallelism()} x ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, data on ${disk}, Node ${process.version}, load ${load.toFixed(1)}`;
}

export function print(part: string, figures: readonly Figure[]): void {
  for (const { what, ours, peer, ratio, goal } of figures) {
    const cells = [
      `${part}: ${what}`,
      ours,
      ...(peer === undefined ? [] : [`peer ${peer}`]),
      ...(ratio === undefined ? [] : [`ratio ${ratio.toFixed(2)}`]),
      ...(goal === undefined ? [] : [`goal ${goal}`]),
    ];
    process.stdout.write(`${cells.join(' | ')}\n`);
  }
}

/** Of sorted values. NaN where there are none. */
export const quantile = (sorted: ArrayLike<number>, q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

/** CPU seconds of this process since `before`. */
export const cpuSeconds = (before?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
