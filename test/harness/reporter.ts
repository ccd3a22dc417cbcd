/** The time of each test file; counts for the last line of `npm test`, and a reason for every test that did not run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { config } from './config.ts';
import { FAILING_MS, inLines, isCrowded, tooLong } from './times.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
  /** What failed and how it says so, again beside the last line: a log is often kept by its end alone. */
  faults: { name: string; message: string }[];
}

const MOST_LINES = 12;
const inShort = (message: string): string => message.split('\n').slice(0, MOST_LINES).join('\n');

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): void {
    const times = modules.map((module) => {
      const { collectDuration, duration } = module.diagnostic();
      return { file: module.relativeModuleId, ms: collectDuration + duration };
    });
    if (times.length > 1) console.log(['time of each test file:', ...inLines(times)].join('\n'));
    for (const sentence of tooLong(times)) console.log(sentence);
    const [load = 0] = loadavg();
    const failed = isCrowded(load, availableParallelism()) ? 0 : tooLong(times, FAILING_MS).length;
    if (failed > 0) process.exitCode = 1;
    if (config.report === undefined) return;
    const counts: Counts = { passed: 0, failed: unhandled.length + failed, skipped: [], faults: [] };
    const fault = (name: string, message = '') => counts.faults.push({ name, message: inShort(message) });
    for (const { message } of unhandled) fault('outside of a test', message);
    for (const module of modules) {
      // A file that cannot be loaded has no tests to count, and is no success.
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed++;
      for (const { message } of module.errors()) fault(module.relativeModuleId, message);
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed++;
        else if (result.state === 'failed') {
          counts.failed++;
          fault(`${module.relativeModuleId}: ${test.fullName}`, result.errors[0]?.message);
        } else if (result.state === 'skipped') {
          counts.skipped.push({ name: `${module.relativeModuleId}: ${test.fullName}`, reason: result.note ?? '' });
        }
      }
    }
    mkdirSync(dirname(config.report), { recursive: true });
    writeFileSync(config.report, JSON.stringify(counts));
  }
}
