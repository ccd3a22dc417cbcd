/**
 * The numbers of the programme over two years of events: the index of all ministries and provinces for a whole year and by its months,
 * leaders and laggards of a quarter, and a briefing from the request to its text and its paper. First by the room's own planner in this
 * process, cold (nothing kept, the engine open) and warm (asked again); then by HTTP of a room over the same folder, which has made-up reports and
 * tasks of a year besides. The index is held against the same formula as one plain statement over the events, number by number: what
 * differs is named, and ends the run with 1.
 *
 *   npm run bench -- programmes [--keep DIR] [--events 35400000] [--rounds 20]
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  addDays,
  type Catalogue,
  EVERYTHING,
  type IndexAnswer,
  indexPeriod,
  type Leaders,
  localDay,
  type QueryAnswer,
  querySchema,
  RATIO_MEASURES,
  type ServiceIndex,
  standingsOf,
  type UnitKind,
  unitDaysQuestion,
} from '@room/contract';
import { type Access, QueryStore, type Reads } from '@room/warehouse';
import { childEnv } from '../harness/config.ts';
import { run } from '../harness/process.ts';
import { startRoom, typescript } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { countryOf, SEED } from './produce.ts';
import { type Figure, machine, print, quantile } from './report.ts';
import { openTwoYears } from './two-years.ts';

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    events: { type: 'string', default: '35400000' },
    rounds: { type: 'string', default: '20' },
  },
});
const ROUNDS = Number(values.rounds);
/** The events themselves take so long that a few must do. */
const BASE_ROUNDS = Math.max(2, Math.round(ROUNDS / 5));
const COLD = '1 s cold';
const WARM = '100 ms warm';
const BRIEFING = '2 s';
const KINDS = ['agency', 'province'] as const satisfies readonly UnitKind[];
const CALLED = { agency: 'all ministries', province: 'all provinces' } as const;
/** A room that opens reads its newest day first. */
const OPEN_MS = 120_000;

const note = (text: string): void => void process.stderr.write(`programmes: ${text}\n`);
const report = (...figures: Figure[]): void => print('programmes', figures);
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

async function timed(rounds: number, ask: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await ask(round);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

interface Ground {
  access: Access;
  catalogue: Catalogue;
  index: ServiceIndex;
  /** The year before the running one, all of whose days there are. */
  year: string;
  today: string;
}

/** Points by unit. */
type Points = Map<string, number>;

/** As the page and its route do. */
function scoresOf(index: ServiceIndex, { total, rows }: QueryAnswer): Points {
  const days = ({ points = [] }: QueryAnswer['total']) => points.map(({ now = {} }) => now);
  const { units } = standingsOf(
    index,
    days(total),
    rows.map((row) => ({ code: row.key[0] ?? '', now: days(row), before: [] })),
  );
  return new Map(units.flatMap(({ code, points, measured }) => (measured > 0 ? [[code, points]] : [])));
}

/** The same as one statement over the events: units that became one other stand under it, and of each component its most at most. */
function plainSql({ catalogue, year, today }: Ground, kind: UnitKind): string {
  const { from, to } = indexPeriod(year, today);
  const zone = catalogue.timeZone;
  const units = kind === 'agency' ? catalogue.agencies : catalogue.provinces;
  const became = (id: string): string => {
    const { validTo, successors: [next, ...more] = [] } = units.find((unit) => unit.id === id) ?? {};
    return validTo === undefined || validTo >= to || next === undefined || more.length > 0 ? id : became(next);
  };
  const merged = units.map(({ id }) => [id, became(id)] as const).filter(([id, as]) => id !== as);
  const listed = (codes: readonly string[]): string => `[${codes.map((code) => `'${code}'`).join(', ')}]`;
  const unit =
    merged.length === 0
      ? `toString(${kind})`
      : `transform(toString(${kind}), ${listed(merged.map(([id]) => id))}, ${listed(merged.map(([, as]) => as))}, toString(${kind}))`;
  const parts = (catalogue.scoring?.components ?? []).map(({ points, fullFrom = 1, ratio }) => {
    const { part, whole } = RATIO_MEASURES[ratio];
    const all = whole.join(' + ');
    return `if(${all} > 0, greatest(0, least(${points}, ${points} * ${part} / (${all}) / ${fullFrom})), 0)`;
  });
  const measured = (catalogue.scoring?.components ?? []).map(
    ({ ratio }) => `${RATIO_MEASURES[ratio].whole.join(' + ')} > 0`,
  );
  return `SELECT k, ${parts.join(' + ')} AS points FROM (
      SELECT ${unit} AS k, sum(submission.submitted) AS submitted, sum(submitted_online) AS submittedOnline,
        sumIf(count, on_time = true) AS onTime, sumIf(count, on_time = false) AS late
      FROM submission WHERE occurred_at >= toDateTime64('${from} 00:00:00', 3, '${zone}')
        AND occurred_at < toDateTime64('${addDays(to, 1)} 00:00:00', 3, '${zone}') GROUP BY k)
    WHERE ${measured.join(' OR ')}`;
}

async function plainPoints(access: Pick<Reads, 'read'>, sql: string): Promise<Points> {
  const rows = await access.read<{ k: string; points: number }>(sql);
  return new Map(rows.map(({ k, points }) => [k, points]));
}

/** How many are the same; what differs is named. */
function agreed(what: string, ours: Points, plain: Points): string {
  const names = [...new Set([...ours.keys(), ...plain.keys()])];
  const wrong = names.filter((name) => !(Math.abs((ours.get(name) ?? -1) - (plain.get(name) ?? -1)) <= 1e-9));
  for (const name of wrong.slice(0, 3)) note(`${what} ${name}: told ${ours.get(name)}, plain SQL ${plain.get(name)}`);
  if (wrong.length > 0 || names.length === 0) process.exitCode = 1;
  return wrong.length === 0 ? `${names.length} units as plain SQL says` : `${wrong.length} of ${names.length} DIFFER`;
}

/** By the planner, without HTTP; returns what plain SQL says of each kind. */
async function byPlanner(ground: Ground): Promise<Map<UnitKind, Points>> {
  const { access, catalogue, index, year, today } = ground;
  const period = indexPeriod(year, today);
  const found = new Map<UnitKind, Points>();
  const both = async (
    what: string,
    ask: (store: QueryStore) => Promise<unknown>,
  ): Promise<{ cold: number[]; warm: number[] }> => {
    const cold = await timed(ROUNDS, () => ask(new QueryStore(access, catalogue)));
    const kept = new QueryStore(access, catalogue);
    await ask(kept);
    const warm = await timed(ROUNDS, () => ask(kept));
    report(
      { what: `${what}, cold`, ours: `p50 ${ms(quantile(cold, 0.5))}, p95 ${ms(quantile(cold, 0.95))}`, goal: COLD },
      { what: `${what}, warm`, ours: `p50 ${ms(quantile(warm, 0.5))}, p95 ${ms(quantile(warm, 0.95))}`, goal: WARM },
    );
    return { cold, warm };
  };
  for (const kind of KINDS) {
    const question = unitDaysQuestion(period, kind);
    const scored = async (store: QueryStore): Promise<Points> =>
      scoresOf(index, await store.answer(question, EVERYTHING));
    const began = performance.now();
    const first = await scored(new QueryStore(access, catalogue));
    const what = `index of ${CALLED[kind]} for ${year}`;
    report({ what: `${what}, the very first`, ours: ms(performance.now() - began), goal: COLD });
    const { cold } = await both(what, scored);
    const sql = plainSql(ground, kind);
    const plain = await plainPoints(access, sql);
    found.set(kind, plain);
    const base = quantile(await timed(BASE_ROUNDS, () => plainPoints(access, sql)), 0.5);
    report({
      what: `${what}, ${agreed(what, first, plain)}`,
      ours: ms(quantile(cold, 0.5)),
      peer: `one statement over the events ${ms(base)}`,
      ratio: quantile(cold, 0.5) / base,
    });
    const measure = { measures: 'indexPoints', ...period, split: kind, boundaries: period.to };
    const told = async (store: QueryStore): Promise<Points> =>
      new Map(
        (await store.answer(querySchema.parse(measure), EVERYTHING)).rows.flatMap(({ key: [code = ''], now }) =>
          now?.indexPoints === undefined ? [] : [[code, now.indexPoints]],
        ),
      );
    await both(
      `the same as a measure, ${agreed(`measure ${what}`, await told(new QueryStore(access, catalogue)), plain)}`,
      told,
    );
    const months = querySchema.parse({ ...measure, grain: 'month' });
    await both(`${what} by month`, (store) => store.answer(months, EVERYTHING));
    const to = addDays(today, -1);
    const led = unitDaysQuestion({ from: addDays(to, -90), to }, kind, 'previous');
    await both(`question of leaders among ${CALLED[kind]}, 91 days against 91`, (store) =>
      store.answer(led, EVERYTHING),
    );
  }
  return found;
}

/** As pages and people ask. */
async function byRoom(
  folder: string,
  { index: _, ...ground }: Ground,
  plain: ReadonlyMap<UnitKind, Points>,
): Promise<void> {
  // All of it is made up, as in a trial: an analyst is looked at by a cookie.
  await using room = await startRoom({ dataDir: folder, isTrial: true });
  const made = await run(process.execPath, [...typescript(), 'test/portal/programme-main.ts', '--data', folder], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: childEnv({}),
  });
  if (made.code !== 0) throw new Error(`no reports of programmes:\n${made.output}`);
  const ask = async (path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${room.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie: 'room-look=analyst',
        ...(body === undefined ? {} : { 'content-type': 'application/json', origin: room.url }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const opened = performance.now();
  while (!(await fetch(`${room.url}/v1/snapshot?room=now`)).ok) {
    if (performance.now() - opened > OPEN_MS) throw new Error(`the room told no numbers:\n${room.logs()}`);
    await new Promise((done) => setTimeout(done, 250));
  }
  const { year } = ground;
  const paged = async (what: string, path: string, isDone: (text: string) => string = () => ''): Promise<void> => {
    const began = performance.now();
    const text = await (await ask(path)).text();
    const first = performance.now() - began;
    const said = isDone(text);
    const warm = await timed(ROUNDS, async () => (await ask(path)).text());
    const named = `${what} by HTTP${said === '' ? '' : `, ${said}`}`;
    report(
      { what: `${named}, the first`, ours: ms(first), goal: COLD },
      { what: `${named}, again`, ours: `p50 ${ms(quantile(warm, 0.5))}, p95 ${ms(quantile(warm, 0.95))}`, goal: WARM },
    );
  };
  for (const kind of KINDS) {
    const what = `index of ${CALLED[kind]} for ${year}`;
    await paged(what, `/v1/index?period=${year}&units=${kind}`, (text) => {
      const { units } = JSON.parse(text) as IndexAnswer;
      const told = units.flatMap(({ code, points, measured }): [string, number][] =>
        measured > 0 ? [[code, points]] : [],
      );
      return agreed(`${what} by HTTP`, new Map(told), plain.get(kind) ?? new Map());
    });
    await paged(
      `leaders among ${CALLED[kind]} in ${year}`,
      `/v1/leaders?period=${year}&units=${kind}&measure=shareOnTime`,
      (text) => {
        const { groups } = JSON.parse(text) as Leaders;
        return `${groups.reduce((sum, { units }) => sum + units.length, 0)} units`;
      },
    );
  }
  const periods = ['week', 'quarter', 'reviewYear'] as const;
  for (const period of periods) {
    const steps = { made: [] as number[], json: [] as number[], paper: [] as number[], all: [] as number[] };
    let bytes = 0;
    let first = 0;
    for (let round = 0; round < BASE_ROUNDS + 1; round++) {
      const began = performance.now();
      const { id } = (await (await ask('/v1/briefings', { period })).json()) as { id: string };
      const made = performance.now();
      const json = await (await ask(`/v1/briefings/${id}`)).text();
      const told = performance.now();
      const paper = await (await ask(`/v1/briefings/${id}/paper.pdf?lang=vi`)).arrayBuffer();
      const ended = performance.now();
      if (!Buffer.from(paper).subarray(0, 5).equals(Buffer.from('%PDF-')) || json.length < 100)
        throw new Error(`${period}: no paper`);
      bytes = paper.byteLength;
      if (round === 0) {
        // The press opens its fonts once.
        first = ended - began;
        continue;
      }
      steps.made.push(made - began);
      steps.json.push(told - made);
      steps.paper.push(ended - told);
      steps.all.push(ended - began);
    }
    const half = (of: number[]): string =>
      ms(
        quantile(
          of.sort((a, b) => a - b),
          0.5,
        ),
      );
    report(
      {
        what: `briefing of the ${period}, from the request to text and paper, the first`,
        ours: ms(first),
        goal: BRIEFING,
      },
      {
        what: `briefing of the ${period}, again (made ${half(steps.made)}, text ${half(steps.json)}, paper of ${Math.round(bytes / 1_000)} kB ${half(steps.paper)})`,
        ours: `p50 ${half(steps.all)}, the longest ${ms(Math.max(...steps.all))}`,
        goal: BRIEFING,
      },
    );
  }
}

async function main(): Promise<void> {
  process.stdout.write(`${await machine()}\n`);
  const temporary = values.keep === undefined ? await tempDir('bench') : undefined;
  const folder = values.keep ?? temporary?.path ?? '';
  await mkdir(folder, { recursive: true });
  const country = await countryOf(SEED);
  const { catalogue, index } = country.catalogue;
  if (index === undefined) throw new Error('the catalogue has no index');
  const today = localDay(Date.now(), catalogue.timeZone);
  const year = String(Number(today.slice(0, 4)) - 1);
  const access = await openTwoYears(folder, country, Number(values.events), note);
  const ground = { access, catalogue, index, year, today };
  const plain = await byPlanner(ground).finally(() => access[Symbol.asyncDispose]());
  await byRoom(folder, ground, plain);
  await temporary?.[Symbol.asyncDispose]();
}

await main();
process.exit();
