/**
 * Two years of events behind every question of the walls and of the analysts, while more keep arriving by the room's own
 * ingest. Analysts' questions are asked to the base table as well, in the same run.
 *
 *   npm run bench -- queries [--events 35400000] [--rate 5000] [--rounds 100] [--keep DIR]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  addDays,
  comparableDays,
  type Dimension,
  EVERYTHING,
  INGEST_GROUP,
  localDay,
  type Period,
  querySchema,
  roomTopics,
  startOfDay,
  TOPICS,
  triedRuleSchema,
} from '@room/contract';
import { EmbeddedLog } from '@room/log';
import { SIZES, startPipelines } from '@room/pipelines';
import { type Access, ForecastStore, PastQueries, Quarantine, QueryStore, WallQueries } from '@room/warehouse';
import { backtest } from '../../server/src/alerts/backtest.ts';
import { tempDir } from '../harness/temp.ts';
import { type Country, countryOf, SEED, samplerOf } from './produce.ts';
import { type Figure, print, quantile } from './report.ts';
import { openTwoYears } from './two-years.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '35400000' },
    rate: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '100' },
    keep: { type: 'string' },
  },
});
const EVENTS = Number(values.events);
const RATE = Number(values.rate);
const ROUNDS = Number(values.rounds);
/** The base table takes so long that a few questions must do. */
const RAW_ROUNDS = Math.max(3, Math.round(ROUNDS / 10));
const APPEND_MS = 50;
const WARM_MS = 5_000;
const KEEP_MS = 86_400_000;

const note = (text: string): void => void process.stderr.write(`queries: ${text}\n`);

interface Timed {
  name: string;
  sorted: number[];
  rows: number;
}

async function timed(name: string, rounds: number, ask: () => Promise<unknown>): Promise<Timed> {
  const sorted: number[] = [];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const answer = await ask();
    sorted.push(performance.now() - began);
    rows = Array.isArray(answer) ? answer.length : 1;
    await sleep(5);
  }
  sorted.sort((a, b) => a - b);
  return { name, sorted, rows };
}

const shown = ({ sorted }: Timed): string =>
  `p50 ${quantile(sorted, 0.5).toFixed(1)} p95 ${quantile(sorted, 0.95).toFixed(1)} ms`;

/** Every rollup that stays for ever must say what the base table says. */
async function agree(access: Access): Promise<number> {
  const number = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
  const base = await number('SELECT count() AS n FROM submission');
  for (const table of ['rollup_hour', 'rollup_day', 'rollup_month'])
    for (const dim of ['all', 'province', 'agency', 'service', 'source', 'channel', 'status']) {
      const found = await number(`SELECT sum(events) AS n FROM ${table} WHERE dim = '${dim}'`);
      if (found !== base) throw new Error(`${table} has ${found} events by ${dim}, the base table ${base}`);
    }
  for (const table of ['rollup_units_day', 'rollup_units_month', 'rollup_meetings_day', 'rollup_meetings_month']) {
    const units = await number(`SELECT sum(events) AS n FROM ${table}`);
    if (units !== base) throw new Error(`${table} has ${units} events, the base table ${base}`);
  }
  return base;
}

/** Events at a steady rate through log and ingest, until it is disposed. */
async function arriving(access: Access, country: Country, folder: string): Promise<AsyncDisposable> {
  const log = new EmbeddedLog(join(folder, 'log'), note);
  await log.prepare(roomTopics(1, KEEP_MS));
  const pipelines = await startPipelines({
    catalogue: country.catalogue,
    log,
    access,
    maxRange: SIZES.beside.maxRange,
    watchdogMs: 60_000,
    report: (level, message) => void (level === 'warn' && note(message)),
    fatal: (error) => note(error.message),
  });
  const next = samplerOf(country.world, Date.now());
  let running = true;
  const appending = (async () => {
    const began = performance.now();
    for (let sent = 0; running; await sleep(APPEND_MS)) {
      const due = Math.floor(((performance.now() - began) / 1_000) * RATE);
      const records = Array.from({ length: due - sent }, () => next(Date.now()));
      sent = due;
      await log.append(TOPICS.submissions, records);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      running = false;
      await appending;
      while ((await log.pending(TOPICS.submissions, INGEST_GROUP)) > 0) await sleep(APPEND_MS);
      await pipelines[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

/** As the pulse and a past wall ask. */
async function wall(access: Access, { catalogue: { catalogue } }: Country): Promise<Timed[]> {
  const { timeZone } = catalogue;
  const queries = new WallQueries(access, timeZone);
  const quarantine = new Quarantine(access);
  const today = localDay(Date.now(), timeZone);
  const midnight = startOfDay(today, timeZone);
  const span = await queries.span();
  const comparable = comparableDays(catalogue, today, span?.first ?? today);
  const yesterday = addDays(today, -1);
  return [
    await timed('running day', ROUNDS, () => queries.running(midnight, startOfDay(addDays(today, 1), timeZone))),
    await timed('last 10 minutes by second', ROUNDS, () => queries.seconds(Date.now() - 600_000, Date.now() + 1_000)),
    await timed('late changes', ROUNDS, () => queries.late(today)),
    await timed('quarantine', ROUNDS, () => quarantine.waiting(EVERYTHING)),
    await timed('first and last day', ROUNDS, () => queries.span()),
    await timed(`${comparable.length} comparable days`, ROUNDS, () => queries.hoursOf(comparable)),
    await timed('last reports of all sources', ROUNDS, () => queries.sources()),
    await timed('backlog', ROUNDS, () => queries.backlog(Date.now() - 40 * 86_400_000)),
    await timed('past day', ROUNDS, () => queries.days(yesterday, yesterday)),
    await timed('past 30 days', ROUNDS, () => queries.days(addDays(today, -30), yesterday)),
    await timed('past year', ROUNDS, () => queries.days(addDays(today, -365), yesterday)),
    await timed('past 730 days', ROUNDS, () => queries.days(addDays(today, -730), yesterday)),
  ];
}

interface Drill {
  name: string;
  by: Dimension;
  days: Period;
  only?: Partial<Record<Dimension, readonly string[]>>;
}

const SUMS = `sum(submitted), sum(submitted_online), sumIf(count, on_time = true), sumIf(count, on_time = false), sum(count), count(),
  max(least(occurred_at + toIntervalMillisecond(span_ms), received_at)), max(received_at), max(simulated)`;

function rawSql({ by, days, only = {} }: Drill, previousFrom: string, timeZone: string): string {
  const from = startOfDay(previousFrom, timeZone) / 1_000;
  const current = startOfDay(days.from, timeZone) / 1_000;
  const to = startOfDay(addDays(days.to, 1), timeZone) / 1_000;
  const narrowed = Object.entries(only).map(
    ([dimension, ids]) => `AND ${dimension} IN (${(ids ?? []).map((id) => `'${id}'`).join(', ')})`,
  );
  return `SELECT occurred_at >= toDateTime64(${current}, 3, 'UTC') AS period, ${by} AS unit, ${SUMS} FROM submission
    WHERE occurred_at >= toDateTime64(${from}, 3, 'UTC') AND occurred_at < toDateTime64(${to}, 3, 'UTC') ${narrowed.join(' ')}
    GROUP BY period, unit`;
}

async function drills(access: Access, { catalogue: { catalogue } }: Country): Promise<{ ours: Timed; raw: Timed }[]> {
  const queries = new QueryStore(access, catalogue, { isKeeping: false });
  const yesterday = addDays(localDay(Date.now(), catalogue.timeZone), -1);
  const lasting = (days: number): Period => ({ from: addDays(yesterday, 1 - days), to: yesterday });
  const [agency = ''] = catalogue.services.filter(({ leading }) => leading).map((service) => service.agency);
  const [province = ''] = catalogue.provinces.filter(({ validTo }) => validTo === undefined).map(({ id }) => id);
  const questions: Drill[] = [
    { name: 'provinces, 30 days', by: 'province', days: lasting(30) },
    { name: 'ministries, 30 days', by: 'agency', days: lasting(30) },
    { name: 'services, 30 days', by: 'service', days: lasting(30) },
    { name: 'provinces of a ministry, 90 days', by: 'province', days: lasting(90), only: { agency: [agency] } },
    { name: 'services of a province, 90 days', by: 'service', days: lasting(90), only: { province: [province] } },
    {
      name: 'services of a ministry in a province, a year',
      by: 'service',
      days: lasting(365),
      only: { agency: [agency], province: [province] },
    },
    { name: 'provinces of a ministry, a year', by: 'province', days: lasting(365), only: { agency: [agency] } },
    { name: 'provinces, a year', by: 'province', days: lasting(365) },
  ];
  const found: { ours: Timed; raw: Timed }[] = [];
  for (const question of questions) {
    const { name, by, days, only } = question;
    const length = Math.round((Date.parse(days.to) - Date.parse(days.from)) / 86_400_000) + 1;
    const sql = rawSql(question, addDays(days.from, -length), catalogue.timeZone);
    const codes = Object.entries(only ?? {}).map(([dimension, ids]) => [dimension, (ids ?? []).join(',')]);
    const ask = querySchema.parse({ split: by, ...days, ...Object.fromEntries(codes), compare: 'previous' });
    found.push({
      ours: await timed(name, ROUNDS, async () => (await queries.answer(ask, EVERYTHING)).rows),
      raw: await timed(name, RAW_ROUNDS, () => access.read(sql)),
    });
  }
  return found;
}

/** A rule over all provinces, tried on its last ninety days. */
async function backtests(access: Access, { catalogue: { catalogue } }: Country): Promise<Timed[]> {
  const options = {
    catalogue,
    past: new PastQueries(access),
    store: new QueryStore(access, catalogue, { isKeeping: false }),
    forecasts: new ForecastStore(access, note),
  };
  const hourly = { kind: 'last', minutes: 60 };
  const today = { kind: 'today' };
  const tried = {
    'submitted today against a value': {
      measure: 'submitted',
      window: today,
      against: { kind: 'value', limit: 1_000 },
    },
    'submitted today against the usual range': {
      measure: 'submitted',
      window: today,
      against: { kind: 'usual', beyond: 0.2 },
    },
    'submitted in the last hour against the day of the same type': {
      measure: 'submitted',
      window: hourly,
      against: { kind: 'alike', beyond: 0.5 },
    },
    'share on time today': {
      measure: 'shareOnTime',
      window: today,
      against: { kind: 'value', limit: 0.9 },
      enough: 30,
    },
  };
  const found: Timed[] = [];
  for (const [name, when] of Object.entries(tried)) {
    const rule = triedRuleSchema.parse({
      over: { dim: 'province' },
      when: { kind: 'threshold', side: 'above', ...when },
      forSeconds: 1_800,
      keepSeconds: 1_800,
    });
    found.push(await timed(name, RAW_ROUNDS, async () => (await backtest(rule, 90, Date.now(), options)).rings));
  }
  return found;
}

async function main(): Promise<void> {
  const temporary = values.keep === undefined ? await tempDir('bench') : undefined;
  const folder = values.keep ?? temporary?.path ?? '';
  await mkdir(folder, { recursive: true });
  const country = await countryOf(SEED);
  const access = await openTwoYears(folder, country, EVENTS, note);
  try {
    const total = await agree(access);
    const live = await tempDir('bench');
    const arrival = await arriving(access, country, live.path);
    await sleep(WARM_MS);
    const load = `${(total / 1e6).toFixed(1)} M events over two years, ${RATE} events/s arriving`;
    const least = await timed('a query of nothing', ROUNDS, () => access.read('SELECT 1'));
    const walls = await wall(access, country);
    const drilled = await drills(access, country);
    const tried = await backtests(access, country);
    await arrival[Symbol.asyncDispose]();
    await live[Symbol.asyncDispose]();
    const after = await agree(access);
    const worst = walls.reduce((a, b) => (quantile(b.sorted, 0.95) > quantile(a.sorted, 0.95) ? b : a));
    const figures: Figure[] = [
      { what: `${least.name} (SELECT 1), the least that the engine takes; ${load}`, ours: shown(least) },
      ...walls.map((it) => ({ what: `wall, ${it.name}; ${load}`, ours: shown(it), goal: 'p95 <= 10 ms' })),
      { what: `wall, the slowest of them (${worst.name})`, ours: shown(worst), goal: 'p95 <= 10 ms' },
      ...drilled.map(({ ours, raw }) => ({
        what: `drill-down with the previous period, ${ours.name}, ${ours.rows} rows; ${load}`,
        ours: shown(ours),
        peer: `the base table: ${shown(raw)}`,
        ratio: quantile(ours.sorted, 0.5) / quantile(raw.sorted, 0.5),
        goal: 'p95 <= 100 ms, <= 0.1',
      })),
      ...tried.map((it) => ({
        what: `backtest of a rule over all provinces, 90 days, ${it.name}, ${it.rows} rings; ${load}`,
        ours: shown(it),
        goal: 'p95 <= 2,000 ms',
      })),
      { what: 'arrived meanwhile and counted in every rollup', ours: `${after - total} events` },
    ];
    print('queries', figures);
  } finally {
    await access[Symbol.asyncDispose]();
    await temporary?.[Symbol.asyncDispose]();
  }
}

await main();
process.exit();
