/**
 * Twelve questions that a Government Office would ask, over two years of events: each answered as the room answers it, and checked number
 * by number against plain SQL on the events and reports themselves. Prints a row of each for `test/README.md`: how long it took, how many
 * rows were read for it, and the same of the plain SQL. Then an assistant asks three of them, by the client of the official SDK of the
 * Model Context Protocol. What differs is named, and ends the run with 1.
 *
 *   npm run bench -- questions [--keep DIR] [--events 35400000] [--rounds 20]
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  addDays,
  type Catalogue,
  type Compared,
  type Dimension,
  dayTypeOf,
  EVERYTHING,
  localDay,
  type Period,
  type QueryAnswer,
  querySchema,
} from '@room/contract';
import { type Access, QueryStore, type Reads } from '@room/warehouse';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { countryOf, SEED } from './produce.ts';
import { machine, quantile } from './report.ts';
import { openTwoYears } from './two-years.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    events: { type: 'string', default: '35400000' },
    rounds: { type: 'string', default: '20' },
  },
});
const ROUNDS = Number(values.rounds);
/** The base table takes so long that a few must do. */
const BASE_ROUNDS = Math.max(2, Math.round(ROUNDS / 5));
const note = (text: string): void => void process.stderr.write(`questions: ${text}\n`);

interface Asked {
  /** As an office says it. */
  words: string;
  /** Fields of the address. */
  query: Record<string, string>;
  /** Of reports, not of events. */
  isLevel?: boolean;
}

/** A number of an answer by what it is of: `now|MOH|2026-11|late`. */
type Numbers = Map<string, number>;

const MEASURES = { submitted: 'a', submittedOnline: 'b', onTime: 'c', late: 'd' } as const;
const POINT: Record<string, string> = { hour: '%Y-%m-%dT%H', day: '%Y-%m-%d', month: '%Y-%m' };

function questionsOf({ services, provinces }: Catalogue, today: string): Asked[] {
  const yesterday = addDays(today, -1);
  const last = (days: number): { from: string; to: string } => ({ from: addDays(yesterday, 1 - days), to: yesterday });
  const [ministry = ''] = services.filter(({ leading }) => leading).map(({ agency }) => agency);
  const [province = ''] = provinces.filter(({ validTo }) => validTo === undefined).map(({ id }) => id);
  return [
    {
      words: 'How many dossiers came in the last 30 days, and how many of them online, against the 30 days before?',
      query: { ...last(30), measures: 'submitted,submittedOnline,shareOnline', compare: 'previous' },
    },
    {
      words: 'Which ministry received most this quarter, against the same days of last year?',
      query: { ...last(90), measures: 'submitted', split: 'agency', compare: 'year-before' },
    },
    {
      words: 'In which province are dossiers finished late, and is it getting worse?',
      query: { ...last(30), measures: 'shareOnTime,late', split: 'province', compare: 'previous' },
    },
    {
      words: 'Which services are late most often, this quarter?',
      query: { ...last(90), measures: 'late,onTime', split: 'service', sort: 'late' },
    },
    {
      words: 'Of one ministry: how does each province do, over a year?',
      query: { ...last(365), measures: 'submitted,shareOnTime', split: 'province', agency: ministry },
    },
    {
      words: 'Of one province: which services does it ask for, against the quarter before?',
      query: { ...last(90), measures: 'submitted', split: 'service', province, compare: 'previous' },
    },
    {
      words: 'Since when do dossiers come online? Two years by month',
      query: { ...last(729), measures: 'submitted,submittedOnline,shareOnline', grain: 'month' },
    },
    {
      words: 'Each of the last 30 days, against the same days of the year before',
      query: { ...last(30), measures: 'submitted', grain: 'day', compare: 'year-before' },
    },
    {
      words: 'At which hours does one province work? Two weeks by hour',
      query: { ...last(14), measures: 'submitted,onTime', grain: 'hour', province },
    },
    {
      words: 'Through which channel does each ministry receive, over a year?',
      query: { ...last(365), measures: 'submitted', split: 'agency,channel' },
    },
    {
      words: 'How many a working day does each portal bring, against last month?',
      query: { ...last(30), measures: 'submitted', split: 'source', compare: 'previous', per: 'working-day' },
    },
    {
      words: 'How many citizens wait beyond the date, at which ministry?',
      query: { ...last(7), measures: 'backlogOpen,backlogOverdue', split: 'agency' },
      isLevel: true,
    },
  ];
}

/** Plain SQL of one period over the events, told apart as the question does. */
const eventsSql = (zone: string, { from, to }: Period, split: readonly string[], grain: string, only: string): string =>
  `SELECT ${split.map((dimension) => `toString(${dimension})`).join(` || ',' || `) || "''"} AS k,
     ${grain === 'total' ? "''" : `formatDateTime(occurred_at, '${POINT[grain]}', '${zone}')`} AS at,
     sum(submitted) AS a, sum(submitted_online) AS b, sumIf(count, on_time = true) AS c, sumIf(count, on_time = false) AS d
   FROM submission
   WHERE occurred_at >= toDateTime64('${from} 00:00:00', 3, '${zone}')
     AND occurred_at < toDateTime64('${addDays(to, 1)} 00:00:00', 3, '${zone}') ${only}
   GROUP BY k, at`;

/** The newest report of each service at its agency, in the 40 days that one stands for. */
const reportsSql = (zone: string, to: string): string =>
  `SELECT agency AS k, sum(o) AS a, sum(v) AS b FROM (
     SELECT source, agency, service, argMax(open, (at, received_at, log_offset)) AS o, argMax(overdue, (at, received_at, log_offset)) AS v
     FROM backlog WHERE at < toDateTime64('${addDays(to, 1)} 00:00:00', 3, '${zone}')
       AND at >= toDateTime64('${addDays(to, -39)} 00:00:00', 3, '${zone}')
     GROUP BY source, agency, service) GROUP BY k`;

const yearBefore = (day: string): string =>
  `${Number(day.slice(0, 4)) - 1}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`;

function beforeOf({ compare, from = '', to = '' }: Record<string, string>): Period | undefined {
  if (compare === 'year-before') return { from: yearBefore(from), to: yearBefore(to) };
  if (compare !== 'previous') return undefined;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return { from: addDays(from, -days), to: addDays(from, -1) };
}

interface Base {
  numbers: Numbers;
  statements: string[];
}

async function baseOf(access: Reads, { calendar, timeZone }: Catalogue, asked: Asked): Promise<Base> {
  const { query } = asked;
  const { from = '', to = '', split = '', grain = 'total', per } = query;
  const numbers: Numbers = new Map();
  const measures = (query['measures'] ?? '').split(',');
  if (asked.isLevel === true) {
    const sql = reportsSql(timeZone, to);
    for (const { k, a, b } of await access.read<{ k: string; a: number; b: number }>(sql)) {
      numbers.set(`now|${k}||backlogOpen`, a);
      numbers.set(`now|${k}||backlogOverdue`, b);
    }
    return { numbers, statements: [sql] };
  }
  const dimensions = split === '' ? [] : split.split(',');
  const only = (['agency', 'province'] as Dimension[])
    .flatMap((dimension) => (query[dimension] === undefined ? [] : [`AND ${dimension} = '${query[dimension]}'`]))
    .join(' ');
  const before = beforeOf(query);
  const sides = [['now', { from, to }] as const, ...(before === undefined ? [] : [['before', before] as const])];
  const statements: string[] = [];
  for (const [side, period] of sides) {
    const sql = eventsSql(timeZone, period, dimensions, grain, only);
    statements.push(sql);
    let working = 0;
    for (let day = period.from; day <= period.to; day = addDays(day, 1))
      if (dayTypeOf(calendar, day) === 'working') working++;
    const over = per === 'working-day' ? working : 1;
    for (const { k, at, a, b, c, d } of await access.read<
      Record<'k' | 'at', string> & Record<'a' | 'b' | 'c' | 'd', number>
    >(sql)) {
      const of = { a, b, c, d };
      for (const measure of measures) {
        const column = MEASURES[measure as keyof typeof MEASURES];
        const value = column !== undefined ? of[column] / over : measure === 'shareOnline' ? b / a : c / (c + d);
        if (!Number.isNaN(value)) numbers.set(`${side}|${k}|${at}|${measure}`, value);
      }
    }
  }
  return { numbers, statements };
}

/** The same of an answer, whose points have their own times. */
function toldBy({ total, rows }: QueryAnswer, isSplit: boolean): Numbers {
  const numbers: Numbers = new Map();
  const take = (key: string, at: string, beforeAt: string, { now, before }: Compared): void => {
    for (const [measure, value] of Object.entries(now ?? {})) numbers.set(`now|${key}|${at}|${measure}`, value);
    for (const [measure, value] of Object.entries(before ?? {}))
      numbers.set(`before|${key}|${beforeAt}|${measure}`, value);
  };
  for (const row of isSplit ? rows : [total]) {
    const key = isSplit ? row.key.join(',') : '';
    if (row.points === undefined) take(key, '', '', row);
    for (const point of row.points ?? []) take(key, point.at, point.beforeAt ?? '', point);
  }
  return numbers;
}

/** What one has and the other has not; what is absent counts as nothing, as no event was of it. */
function differencesOf(told: Numbers, base: Numbers): string[] {
  return [...new Set([...told.keys(), ...base.keys()])].filter((name) => {
    const [a, b] = [told.get(name) ?? 0, base.get(name) ?? 0];
    return Math.abs(a - b) > 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  });
}

/** Reads that keep what they were asked. */
class Noted implements Pick<Reads, 'read'> {
  readonly statements: string[] = [];
  constructor(readonly access: Access) {}

  read<T>(sql: string, signal?: AbortSignal): Promise<T[]> {
    if (!sql.startsWith('EXPLAIN')) this.statements.push(sql);
    return this.access.read<T>(sql, signal);
  }
}

/** As the engine says beforehand, of all statements. */
async function rowsOf(access: Access, statements: readonly string[]): Promise<number> {
  let rows = 0;
  for (const sql of statements)
    for (const part of await access.read<{ rows: number }>(`EXPLAIN ESTIMATE ${sql}`)) rows += part.rows;
  return rows;
}

async function timed(rounds: number, ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** Checked as the others are, against what plain SQL said before the room was started. */
async function byAssistant(folder: string, asked: readonly { question: Asked; base: Numbers }[]): Promise<void> {
  await using room = await startRoom({ dataDir: folder });
  const client = new Client({ name: 'bench', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${room.url}/mcp`));
  await client.connect(transport as Parameters<Client['connect']>[0]);
  for (const { question, base } of asked) {
    const began = performance.now();
    const { structuredContent } = await client.callTool({
      name: 'query',
      arguments: { top: '1000', ...question.query },
    });
    const took = performance.now() - began;
    const { answer, about } = structuredContent as { answer?: QueryAnswer; about?: { asOf?: string } };
    const told = answer === undefined ? new Map() : toldBy(answer, question.query['split'] !== undefined);
    const wrong = differencesOf(told, base);
    if (wrong.length > 0 || told.size === 0) process.exitCode = 1;
    const found = wrong.length === 0 ? `${told.size} numbers as plain SQL says` : `${wrong.length} numbers DIFFER`;
    process.stdout.write(
      `an assistant: ${question.words} | ${found}, as of ${about?.asOf ?? 'nothing'} | ${took.toFixed(0)} ms\n`,
    );
  }
  await client.close();
}

const thousands = (rows: number): string => Math.round(rows).toLocaleString('en');

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  const temporary = values.keep === undefined ? await tempDir('bench') : undefined;
  const folder = values.keep ?? temporary?.path ?? '';
  await mkdir(folder, { recursive: true });
  const country = await countryOf(SEED);
  const { catalogue } = country.catalogue;
  const access = await openTwoYears(folder, country, Number(values.events), note);
  const bases: { question: Asked; base: Numbers }[] = [];
  try {
    const print = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
    print([
      'question',
      'numbers, all as plain SQL says',
      'p50, p95',
      'rows read',
      'plain SQL p50',
      'its rows',
      'ratio',
    ]);
    print(Array<string>(7).fill('---'));
    for (const asked of questionsOf(catalogue, localDay(Date.now(), catalogue.timeZone))) {
      const query = querySchema.parse({ top: '1000', ...asked.query });
      const noted = new Noted(access);
      const store = new QueryStore(noted, catalogue, { isKeeping: false });
      const told = toldBy(await store.answer(query, EVERYTHING), query.split.length > 0);
      const ours = await rowsOf(access, noted.statements);
      const base = await baseOf(access, catalogue, asked);
      bases.push({ question: asked, base: base.numbers });
      const wrong = differencesOf(told, base.numbers);
      for (const name of wrong.slice(0, 3))
        note(`${asked.words} ${name}: told ${told.get(name)}, plain SQL ${base.numbers.get(name)}`);
      if (wrong.length > 0 || told.size === 0) process.exitCode = 1;
      const times = await timed(ROUNDS, () => store.answer(query, EVERYTHING));
      const plain = await timed(BASE_ROUNDS, () => baseOf(access, catalogue, asked));
      print([
        asked.words,
        wrong.length === 0 ? thousands(told.size) : `${wrong.length} of ${thousands(told.size)} DIFFER`,
        `${quantile(times, 0.5).toFixed(0)}, ${quantile(times, 0.95).toFixed(0)} ms`,
        thousands(ours),
        `${quantile(plain, 0.5).toFixed(0)} ms`,
        thousands(await rowsOf(access, base.statements)),
        (quantile(times, 0.5) / quantile(plain, 0.5)).toFixed(2),
      ]);
    }
  } finally {
    await access[Symbol.asyncDispose]();
  }
  await byAssistant(
    folder,
    [0, 1, 2].flatMap((n) => bases[n] ?? []),
  );
  await temporary?.[Symbol.asyncDispose]();
}

await main();
process.exit();
