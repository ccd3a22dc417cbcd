/**
 * The forecasting job over a year with a known truth: Viet Nam's working calendar with its lunar new year, two outages of portals (one
 * made good, one never), a surge and a fall, after a year of history. Counted into a real warehouse as time goes on; the job itself
 * looks at the clock that it is given. Prints how its forecasts did, how often its bands held, and what it flagged.
 *
 *   npm run bench -- year [--every 4] [--from 2026-01-01] [--to 2026-12-31] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type Catalogue, daysBetween, EVERYTHING, HORIZONS, localDay, startOfDay } from '@room/contract';
import { applyRetention, OutcomeQueries } from '@room/warehouse';
import { Calendar } from '../../pipelines/src/forecasting/calendar.ts';
import { calibrationOf } from '../../pipelines/src/forecasting/calibration.ts';
import { service } from '../pipelines/forecast/series.ts';
import { type Events, fillCountry, HOUR, NATIONAL, PROVINCES, truthAt } from '../pipelines/forecasting/country.ts';
import { openStores, type Running, startJob } from '../pipelines/forecasting/warehouse.ts';
import { FOR_EVER } from '../pipelines/warehouse/rows.ts';
import { randomOf } from '../portal/random.ts';
import { cpuSeconds, print } from './report.ts';
import {
  calibrationFigures,
  errorFigures,
  flagFigures,
  type Kept,
  type Planted,
  type Seen,
  type Truth,
} from './year-report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    every: { type: 'string', default: '4' },
    from: { type: 'string', default: '2026-01-01' },
    to: { type: 'string', default: '2026-12-31' },
    seed: { type: 'string', default: '1' },
  },
});
const EVERY = Number(values.every);
const FROM = String(values.from);
const TO = String(values.to);
const SEED = String(values.seed);
/** Days of history before the first refresh: they hold one lunar new year. */
const BEFORE = 365;
/** Dossiers of the country in an office hour of share 100. */
const PER_HOUR = 600;
/** A refresh is made so long after the hour. */
const AFTER_MS = 5 * 60_000;
/** Looks of the job, 50 ms apart, in which nothing came of the new hour. */
const PATIENCE = 2_000;
const note = (text: string): void => void process.stderr.write(`year: ${text}\n`);

/** A country of three provinces: what is not of it would only take time. */
function small(catalogue: Catalogue): Catalogue {
  const ids = new Set<string>(PROVINCES.flatMap(({ id, source }) => [id, source]));
  return {
    ...catalogue,
    provinces: catalogue.provinces.filter(({ id }) => ids.has(id)),
    agencies: catalogue.agencies.filter(({ id }) => id === 'MPS'),
    services: catalogue.services.filter(({ code }) => ['DV02', 'DV06'].includes(code)),
    sources: catalogue.sources.filter(({ id }) => id === NATIONAL || ids.has(id)),
  };
}

const catalogue = small((await loadCatalogue(DEFAULT_CATALOGUE)).catalogue);
const { timeZone } = catalogue;
const at = (day: string, hour = 0): number => startOfDay(day, timeZone) + hour * HOUR;

const OUTAGES = [
  { source: 'urn:portal:province:79', from: at('2026-05-12', 9), to: at('2026-05-12', 14) },
  { source: 'urn:portal:province:01', from: at('2026-08-11', 13), to: at('2026-08-11', 20) },
] as const;
const [, CAUGHT_UP] = OUTAGES;
const SURGES = [
  { province: '34-79', from: at('2026-06-16', 8), to: at('2026-06-16', 17), factor: 2.5 },
  { province: '34-48', from: at('2026-10-13', 8), to: at('2026-10-13', 17), factor: 0.2 },
];
const PLANTED: Planted[] = [
  ...OUTAGES.map((outage): Planted => {
    const name = `outage of ${outage.source}, ${outage === CAUGHT_UP ? 'made good at its end' : 'never made good'}`;
    return { name, kind: 'silence', code: outage.source, from: outage.from, to: outage.to };
  }),
  ...SURGES.map(({ province: code, from, to, factor }): Planted => {
    const kind = factor > 1 ? 'surge' : 'drop';
    return { name: `${kind} of ${code} by ${factor}`, kind, code, from, to };
  }),
];

/** Expected dossiers by hour, with the working calendar, the feast, growth and a wandering level. */
const first = addDays(FROM, -BEFORE);
const days = daysBetween(first, TO) + 1;
const year = service(catalogue.calendar, {
  from: first,
  days,
  perHour: PER_HOUR,
  seed: Number(SEED),
  step: 'hour',
});
const hourOf = (instant: number): number => Math.round((instant - at(first)) / HOUR);
const events: Events = { rate: (instant) => year.expected[hourOf(instant)] ?? 0, outages: OUTAGES, surges: SURGES };
const truth: Truth = {
  catalogue,
  calendar: new Calendar(catalogue),
  start: at(first),
  values: Float64Array.from({ length: 24 * days }, (_, hour) =>
    truthAt(catalogue, at(first) + hour * HOUR, events, SEED),
  ),
  expected: Float64Array.from(year.expected),
  outages: OUTAGES,
};

/** Each n-th day at an hour of its own; every hour around what was planted. */
function* looks(): Generator<{ instant: number; daily: boolean }> {
  const random = randomOf(`year|${SEED}`);
  for (let day = FROM, n = 0; day <= TO; day = addDays(day, 1), n++) {
    const own = 8 + Math.floor(11 * random.next());
    for (let hour = 1; hour <= 24; hour++) {
      const instant = at(day, hour);
      const isNear = PLANTED.some(({ from, to }) => instant > from - HOUR && instant <= to + 4 * HOUR);
      const daily = hour === own && n % EVERY === 0;
      if (isNear || daily) yield { instant, daily };
    }
  }
}

async function refreshed(job: Running, runs: number): Promise<void> {
  const { looks: before } = job;
  while (job.runs === runs) {
    if (job.looks - before > PATIENCE) throw new Error(`the job makes no forecast: ${job.said.at(-1)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const cpu = process.cpuUsage();
await using stores = await openStores(catalogue);
const { access, store } = stores;
// What was made in another year would be swept away by its age.
await applyRetention(access, { timeZone }, FOR_EVER);
const common = { access, catalogue, days: EVERY, seed: SEED, ...events };
await fillCountry({ ...common, days: BEFORE, until: at(FROM) });
note(`a year of history stands after ${cpuSeconds(cpu).toFixed(0)} s of CPU`);

const seen: Seen[] = [];
{
  let now = at(FROM);
  let filled = at(FROM);
  await using job = await startJob(stores, catalogue, () => now);
  for (const { instant, daily } of looks()) {
    await fillCountry({ ...common, since: filled, until: instant });
    if (filled < CAUGHT_UP.to && instant >= CAUGHT_UP.to)
      await fillCountry({ ...common, since: CAUGHT_UP.from, until: CAUGHT_UP.to, only: CAUGHT_UP.source });
    filled = instant;
    let { runs } = job;
    now = instant + AFTER_MS;
    for (;;) {
      await refreshed(job, runs);
      ({ runs } = job);
      const made = await store.newest();
      const hours = await store.forecast(EVERYTHING, { dim: 'all', code: '', metric: 'submitted' }, 'hour');
      if (made === undefined || hours === undefined) throw new Error('nothing was stored');
      // A run that began before the clock moved still ends after it.
      if (made.forecasts.knownTo !== instant || hours.start !== instant) continue;
      const { projections, episodes } = made.forecasts;
      seen.push({ knownTo: instant, daily, hours, projections, episodes });
      break;
    }
    if (seen.length % 50 === 0)
      note(`${localDay(instant, timeZone)}: ${seen.length} refreshes, ${cpuSeconds(cpu).toFixed(0)} s of CPU`);
  }
}

for (const horizon of ['ahead', ...HORIZONS] as const) print('year', errorFigures(horizon, seen, truth));
const last = seen.at(-1)?.knownTo ?? at(FROM);
const kept = (
  await access.read<{ facts: string; withdrawn: boolean }>(
    'SELECT facts, withdrawn FROM episode FINAL ORDER BY onset, id',
  )
).map(({ facts, withdrawn }): Kept => ({ ...JSON.parse(facts), withdrawn }));
const silences = kept
  .filter(({ kind, withdrawn }) => kind === 'silence' && !withdrawn)
  .map(({ onset, end }) => ({ from: onset, to: end ?? last }));
const asked = { since: at(FROM), knownTo: last, knownDay: localDay(last, timeZone), timeZone, silences };
const outcomes = await new OutcomeQueries(access).read(asked);
const closer = `${seen.filter(({ daily }) => !daily).length} of ${seen.length} looks within what was planted`;
print('year', calibrationFigures(`over the year, ${closer}`, calibrationOf(outcomes)));
print('year', calibrationFigures('as published at its end', (await store.newest())?.calibration ?? []));
print(
  'year',
  flagFigures(
    PLANTED.filter(({ from, to }) => from < at(TO) && to > at(FROM)),
    seen,
    kept,
    timeZone,
  ),
);
print('year', [{ what: `${seen.length} refreshes of the job`, ours: `${cpuSeconds(cpu).toFixed(0)} s of CPU` }]);
