/**
 * Accepted -> visible in the browser: posts events at a steady rate to a room of its own and notes when the number on the
 * wall first includes each. Prints the distribution; measures, and judges nothing.
 *
 *   npm run bench -- visible [--rate 200] [--seconds 60] [--kafka BROKERS]
 */
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openBrowser } from '../harness/browser.ts';
import { send, snapshot, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    kafka: { type: 'string' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
/** Requests a second; each carries its share of the rate. */
const POSTS = 20;

interface Seen {
  at: number;
  value: number;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

async function main(): Promise<void> {
  await using browser = await openBrowser();
  await using room = await startRoom(
    values.kafka === undefined ? {} : { kafka: values.kafka, env: { KAFKA_PREFIX: `bench-${Date.now()}.` } },
  );
  if (!(await fetch(room.url)).ok) throw new Error('the wall is not built; `npm start` or `npm test` builds it');
  await send(room, [submission('first')]);
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(room.url);
  await page.locator('[data-test="submitted-today"][data-value="1"]').waitFor({ timeout: 30_000 });
  // As text: what a bundler adds to a function's source is not known in the page.
  await page.evaluate(`
    globalThis.seen = [];
    const look = () => {
      const value = Number(document.querySelector('[data-test="submitted-today"]')?.getAttribute('data-value'));
      if (value !== seen.at(-1)?.value) seen.push({ at: Date.now(), value });
      requestAnimationFrame(look);
    };
    look();
  `);

  /** When each event was accepted, in the order of the counts on the wall. */
  const accepted: number[] = [];
  const each = Math.max(1, Math.round(rate / POSTS));
  const began = performance.now();
  for (let n = 0; n < seconds * POSTS; n++) {
    await sleep(Math.max(0, began + (n * 1_000) / POSTS - performance.now()));
    await send(
      room,
      Array.from({ length: each }, (_, at) => submission(`e-${n}-${at}`)),
    );
    for (let at = 0; at < each; at++) accepted.push(Date.now());
  }
  const took = (performance.now() - began) / 1_000;
  const total = accepted.length + 1;
  await page.locator(`[data-test="submitted-today"][data-value="${total}"]`).waitFor({ timeout: 30_000 });
  const seen = (await page.evaluate('seen')) as Seen[];

  const delays: number[] = [];
  let at = 0;
  for (const [index, acceptedAt] of accepted.entries()) {
    while ((seen[at]?.value ?? Number.POSITIVE_INFINITY) < index + 2) at++;
    const found = seen[at];
    if (found !== undefined) delays.push(Math.max(0, found.at - acceptedAt));
  }
  delays.sort((a, b) => a - b);
  const state = (await snapshot(room))?.state;
  const [cpu] = cpus();
  process.stdout.write(
    `${[
      `machine: ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
      `log: ${values.kafka === undefined ? 'embedded' : 'Kafka'}, warehouse: embedded, browser on the same machine`,
      `accepted ${accepted.length} events in ${took.toFixed(1)} s (${(accepted.length / took).toFixed(0)}/s); the wall shows ${state?.total.submitted}`,
      `accepted -> visible in the browser, ms: p50 ${quantile(delays, 0.5)}, p90 ${quantile(delays, 0.9)}, p95 ${quantile(delays, 0.95)}, p99 ${quantile(delays, 0.99)}, max ${delays.at(-1)}`,
      `changes of the number: ${seen.length} (${(seen.length / took).toFixed(1)}/s)`,
    ].join('\n')}\n`,
  );
}

await main();
