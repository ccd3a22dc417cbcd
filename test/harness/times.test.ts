import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FAILING_MS, inLines, isCrowded, LIMIT_MS, LONGER, tooLong } from './times.ts';

const times = [
  { file: 'test/a.test.ts', ms: 812 },
  { file: 'test/b.test.ts', ms: LIMIT_MS + 1 },
  { file: 'test/c.test.ts', ms: LIMIT_MS + 20_000 },
];

it('a file that takes too long is told, unless there is a reason for it', () => {
  expect(tooLong(times, LIMIT_MS, { 'test/c.test.ts': 'waits for a session to end' })).toEqual([
    expect.stringMatching(/^test\/b\.test\.ts took 60 s: .* 60 s is split, or listed/),
  ]);
  expect(tooLong(times, LIMIT_MS, {})).toHaveLength(2);
  expect(tooLong(times, FAILING_MS, {})).toEqual([]);
});

it('times of a machine that serves many others are told and not judged', () => {
  expect([isCrowded(5, 2), isCrowded(6.5, 2), isCrowded(6.5, 8)]).toEqual([false, true, false]);
});

it('every file has a line, the longest first', () => {
  expect(inLines(times)).toEqual([
    '   80.0 s  test/c.test.ts',
    '   60.0 s  test/b.test.ts',
    '    0.8 s  test/a.test.ts',
  ]);
});

it('reasons are given for files that there are', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const [file, reason] of Object.entries(LONGER)) {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(reason.length).toBeGreaterThan(20);
  }
});
