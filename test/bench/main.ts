/**
 * `npm run bench [-- PART … [--option …]]`: runs the benchmarks one after another, each in a process of its own, so that none pays for
 * what another left behind. Prints ratios against named peers and judges nothing.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnv } from '../harness/config.ts';
import { typescript } from '../harness/room.ts';
import { machine } from './report.ts';

const PARTS = [
  'ingest',
  'rollup',
  'history',
  'queries',
  'questions',
  'programmes',
  'alerting',
  'starters',
  'analysts',
  'poison',
  'gateway',
  'burst',
  'broadcast',
  'delivered',
  'stalled',
  'reconnect',
  'deltas',
  'visible',
  'load',
  'outages',
  'soak',
  'scenes',
  'pages',
  'idle',
  'strangers',
  'abuse',
  'forecast',
  'anomaly',
  'forecasting',
  'year',
] as const;

const given = process.argv.slice(2);
const options = given.findIndex((argument) => argument.startsWith('-'));
const asked = options < 0 ? given : given.slice(0, options);
const passed = options < 0 ? [] : given.slice(options);
const unknown = asked.filter((part) => !PARTS.includes(part as (typeof PARTS)[number]));
if (unknown.length > 0) {
  process.stderr.write(`error: there is no part ${unknown.join(', ')}; parts are ${PARTS.join(', ')}\n`);
  process.exit(2);
}

process.stdout.write(`${await machine()}\n`);
for (const part of asked.length > 0 ? asked : PARTS) {
  const script = fileURLToPath(new URL(`./${part}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...typescript(), script, ...passed], {
    env: childEnv({ UV_THREADPOOL_SIZE: '16' }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const code = await new Promise<number>((done) => child.once('exit', (status) => done(status ?? 1)));
  if (code !== 0) {
    process.stderr.write(`error: the part ${part} ended with ${code}\n`);
    process.exitCode = 1;
  }
}
