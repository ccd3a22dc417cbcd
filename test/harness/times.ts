/** How long test files may take: whoever changes something waits for the longest of them. */

export const LIMIT_MS = 60_000;

/** Processes that want a core for each core there is, beyond which a machine has others to serve and its times mean nothing. */
const CROWDED = 3;

export const isCrowded = (load: number, cores: number): boolean => load > CROWDED * cores;

/** Files that may take longer, and why they cannot be split or hurried. */
export const LONGER: Readonly<Record<string, string>> = {};

export interface FileTime {
  file: string;
  /** Milliseconds from loading it to its last hook. */
  ms: number;
}

/** One line a file, the longest first. */
export function inLines(times: readonly FileTime[]): string[] {
  return [...times]
    .sort((a, b) => b.ms - a.ms)
    .map(({ file, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${file}`);
}

/** A sentence for each file that took too long without a reason. */
export function tooLong(times: readonly FileTime[], longer: Readonly<Record<string, string>> = LONGER): string[] {
  return times
    .filter(({ file, ms }) => ms > LIMIT_MS && longer[file] === undefined)
    .map(
      ({ file, ms }) =>
        `${file} took ${Math.round(ms / 1_000)} s: a file over ${LIMIT_MS / 1_000} s is split, or listed with a reason in test/harness/times.ts`,
    );
}
