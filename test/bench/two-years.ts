/**
 * Two years of events, made inside the engine from seeded samples and inserted into the base table, so that the room's own
 * views fill its rollups. Volumes follow the calendar by day, hour and minute.
 */
import { addDays, type Catalogue, localDay, startOfDay, validOn } from '@room/contract';
import { type Access, RowBinary } from '@room/warehouse';
import { pick, type World } from '../portal/model.ts';
import { type Random, randomOf } from '../portal/random.ts';
import type { Rate } from '../portal/rate.ts';
import { anyCell, type Country, SEED } from './produce.ts';
import { openWarehouse } from './standing.ts';

const DAYS = 730;
/** Cells, and moments of a month, are drawn from samples of so many. */
const SAMPLE = 65_536;
const BACKLOG_DAYS = 40;
const CASES = 10_000;

const LOAD = [
  'insert_deduplicate = 0',
  'max_partitions_per_insert_block = 0',
  'max_insert_block_size = 1000000',
  'max_memory_usage = 0',
].join(', ');

interface LoadOptions {
  access: Access;
  country: Country;
  seed: number;
  events: number;
  /** End of the two years, milliseconds since 1970 UTC. */
  now: number;
  note: (text: string) => void;
}

/** The warehouse in `folder` with so many events: loaded unless there are some. */
export async function openTwoYears(
  folder: string,
  country: Country,
  events: number,
  note: (text: string) => void,
): Promise<Access> {
  const access = await openWarehouse(folder, country.catalogue.catalogue.timeZone);
  const [stored] = await access.read<{ n: number }>('SELECT count() AS n FROM submission');
  if ((stored?.n ?? 0) === 0) {
    const began = performance.now();
    await loadTwoYears({ access, country, seed: SEED, events, now: Date.now(), note });
    note(`loaded in ${Math.round((performance.now() - began) / 1_000)} s`);
  }
  return access;
}

async function loadTwoYears({ access, country, seed, events, now, note }: LoadOptions): Promise<void> {
  const { catalogue } = country.catalogue;
  const random = randomOf(`two years|${seed}`);
  await access.command(
    `CREATE TABLE bench_cell (n UInt32, source String, agency String, service String, province String, channel UInt8, online Bool, punctual UInt16)
     ENGINE = Memory`,
  );
  await access.command('CREATE TABLE bench_moment (n UInt32, second UInt32) ENGINE = Memory');
  await fillCells(access, catalogue, country.world, random, localDay(now, catalogue.timeZone));

  const months = monthsOf(country.rate, catalogue.timeZone, now);
  const whole = months.reduce((sum, { weight }) => sum + weight, 0);
  let left = events;
  for (const [index, month] of months.entries()) {
    const isLast = index === months.length - 1;
    const count = isLast ? left : Math.round((events * month.weight) / whole);
    left -= count;
    await fillMoments(access, month, country.rate, random);
    await access.command(insertMonth(country.world, index + 1, count));
    note(`${month.name}: ${count} events`);
  }
  await access.command('DROP TABLE bench_cell');
  await access.command('DROP TABLE bench_moment');
  await access.command(insertBacklog(catalogue, now));
  await access.command(insertCases(now));
  // Two years of a room have long been merged.
  for (const table of [
    'rollup_second',
    'rollup_minute',
    'rollup_hour',
    'rollup_day',
    'rollup_month',
    'rollup_units_day',
    'rollup_units_month',
    'rollup_meetings_day',
    'rollup_meetings_month',
  ])
    await access.command(`OPTIMIZE TABLE ${table} FINAL`);
}

async function fillCells(
  access: Access,
  catalogue: Catalogue,
  world: World,
  random: Random,
  today: string,
): Promise<void> {
  const agencies = new Map(catalogue.agencies.filter((unit) => validOn(unit, today)).map(({ code, id }) => [code, id]));
  const online = new Set(catalogue.channels.filter((channel) => channel.online).map(({ code }) => code));
  const rows = new RowBinary();
  for (let n = 0; n < SAMPLE; n++) {
    const { province, cell } = anyCell(world, random);
    const { channel } = JSON.parse(`{${cell.codes}}`) as { channel: number };
    rows.uint32(n);
    rows.text(cell.source);
    rows.text(agencies.get(cell.agency) ?? cell.agency);
    rows.text(cell.service);
    rows.text(province.id);
    rows.uint8(channel);
    rows.bool(online.has(channel));
    rows.uint16(Math.round(cell.onTime * 1_000));
  }
  await access.command('INSERT INTO bench_cell SETTINGS async_insert = 0 FORMAT RowBinary', rows.bytes);
}

interface Month {
  name: string;
  weight: number;
  days: { at: number; weight: number; hours: number }[];
}

/** Local months of the two years before `now`, the running day up to its last full hour. */
function monthsOf(rate: Rate, timeZone: string, now: number): Month[] {
  const today = localDay(now, timeZone);
  const months: Month[] = [];
  for (let back = DAYS; back >= 0; back--) {
    const day = addDays(today, -back);
    const at = startOfDay(day, timeZone);
    const hours = Math.min(24, Math.floor((now - at) / 3_600_000));
    let share = 0;
    for (let hour = 0; hour < hours; hour++) share += rate.ofHour(hour);
    if (share === 0) continue;
    const name = day.slice(0, 7);
    if (months.at(-1)?.name !== name) months.push({ name, weight: 0, days: [] });
    const month = months.at(-1);
    const weight = rate.ofDay(day) * share;
    month?.days.push({ at, weight, hours });
    if (month !== undefined) month.weight += weight;
  }
  return months;
}

const sumsOf = (weights: readonly number[]): Float64Array => {
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum;
  });
};

async function fillMoments(access: Access, month: Month, rate: Rate, random: Random): Promise<void> {
  const days = sumsOf(month.days.map(({ weight }) => weight));
  const hours = sumsOf(Array.from({ length: 24 }, (_, hour) => rate.ofHour(hour)));
  const minutes = Array.from({ length: 24 }, (_, hour) => sumsOf(rate.minutesOf(hour)));
  const rows = new RowBinary();
  for (let n = 0; n < SAMPLE; ) {
    const day = month.days[pick(days, random.next())];
    const hour = pick(hours, random.next());
    if (day === undefined || hour >= day.hours) continue;
    const minute = pick(minutes[hour] ?? new Float64Array([1]), random.next());
    rows.uint32(n++);
    rows.uint32(Math.floor(day.at / 1_000) + hour * 3_600 + minute * 60 + Math.floor(random.next() * 60));
  }
  await access.command('TRUNCATE TABLE bench_moment');
  await access.command('INSERT INTO bench_moment SETTINGS async_insert = 0 FORMAT RowBinary', rows.bytes);
}

/** Half of the events are new dossiers, the others spread over what comes later. */
const insertMonth = (world: World, month: number, count: number): string => {
  const later = `[${world.reached.map(({ status }) => status).join(', ')}]`;
  const judged = `[${world.reached
    .filter((step) => step.judged)
    .map(({ status }) => status)
    .join(', ')}]`;
  return `INSERT INTO submission
    (event_key, source, id, corrects, occurred_at, span_ms, service, agency, province, channel, status, on_time, count,
     submitted, submitted_online, received_at, simulated, log_partition, log_offset, range_id)
    SELECT reinterpretAsUUID(sipHash128(number, ${month})), source, concat('h${month}-', toString(number)), '',
      fromUnixTimestamp64Milli(toInt64(second) * 1000 + chance % 1000, 'UTC') AS occurred_at, 0, service, agency, province, channel,
      if(chance < 500000, ${world.entry}, arrayElement(${later}, 1 + chance % ${world.reached.length})) AS status,
      if(has(${judged}, status), chance % 1000 < punctual, NULL) AS on_time, 1,
      status = ${world.entry} AS submitted, submitted AND online, occurred_at + toIntervalMillisecond(500 + chance % 3000), true,
      0, number, ${month}
    FROM (
      SELECT number, cityHash64(number, ${month}, 'cell') % ${SAMPLE} AS cell, cityHash64(number, ${month}, 'moment') % ${SAMPLE} AS moment,
        cityHash64(number, ${month}) % 1000000 AS chance
      FROM numbers(${count})
    ) AS made
    INNER JOIN bench_cell ON bench_cell.n = made.cell INNER JOIN bench_moment ON bench_moment.n = made.moment
    SETTINGS ${LOAD}`;
};

/** A level an hour of each service at its agency. */
const insertBacklog = ({ services }: Catalogue, now: number): string =>
  `INSERT INTO backlog (event_key, source, id, at, service, agency, open, overdue, received_at, simulated, log_partition, log_offset, range_id)
   SELECT reinterpretAsUUID(sipHash128(number, unit.1, 'level')), 'urn:portal:national', concat('q-', toString(number), '-', unit.1),
     fromUnixTimestamp64Milli(toInt64(${now - (now % 3_600_000)}) - number * 3600000, 'UTC') AS at, unit.1, unit.2,
     1000 + cityHash64(number, unit.1) % 500, cityHash64(number, unit.1) % 50, at, true, 0, number, 1
   FROM numbers(${BACKLOG_DAYS * 24})
   ARRAY JOIN [${services.map(({ code, agency }) => `('${code}', '${agency}')`).join(', ')}] AS unit
   SETTINGS ${LOAD}`;

/** Most of them were mended since. */
const insertCases = (now: number): string =>
  `INSERT INTO quarantine (quarantine_id, portal, source, id, topic, log_partition, log_offset, received_at, code, reason, bytes_base64,
     headers, resolved_at, version)
   SELECT reinterpretAsUUID(sipHash128(number, 'case')), 'urn:portal:national', 'urn:portal:national', toString(number), 'submissions', 0, number,
     fromUnixTimestamp64Milli(toInt64(${now}) - number * 600000, 'UTC') AS received_at, 'unknown_code', 'procedure "X" is not in the catalogue',
     base64Encode(repeat('x', 400)), '{}', if(number % 10 = 0, NULL, received_at), received_at
   FROM numbers(${CASES}) SETTINGS ${LOAD}`;
