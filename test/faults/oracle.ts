/**
 * What should stand in each table, from the events alone, against what a recount of the stopped store finds. By bucket and
 * code, so that what is lost in one place is not made up for by what is double in another.
 */
import { hashed } from '@room/warehouse';
import { DateTime } from 'luxon';
import { NATIONAL } from '../harness/client.ts';
import type { Cell, Recount } from '../harness/recount.ts';
import type { Made } from './load.ts';

export interface Tally {
  table: string;
  acknowledged: number;
  counted: number;
  lost: number;
  double: number;
}

const ZONE = 'Asia/Ho_Chi_Minh';
const GRAINS = ['minute', 'hour', 'day', 'month'] as const;
/** Seconds are kept for two days only, and only what is older than that is surely late. */
const KEPT_MS = 86_400_000;

type Grain = 'second' | (typeof GRAINS)[number];

const starts = new Map<string, string>();

/** Where the bucket starts, as the engine writes it: days and months local, the rest in UTC. */
function bucketOf(grain: Grain, at: number): string {
  const key = `${grain} ${Math.floor(at / (grain === 'second' ? 1_000 : 60_000))}`;
  let start = starts.get(key);
  if (start === undefined) {
    const time = DateTime.fromMillis(at, { zone: ZONE }).startOf(grain);
    const isLocal = grain === 'day' || grain === 'month';
    start = isLocal ? (time.toISODate() ?? '') : time.toUTC().toFormat('yyyy-MM-dd HH:mm:ss');
    starts.set(key, start);
  }
  return start;
}

interface Sums {
  events: number;
  reached: number;
}

class Sheet {
  readonly cells = new Map<string, Sums>();
  add(bucket: string, code: string, events: number, reached: number): void {
    const key = `${bucket}|${code}`;
    const cell = this.cells.get(key) ?? { events: 0, reached: 0 };
    this.cells.set(key, { events: cell.events + events, reached: cell.reached + reached });
  }
}

/** Sheets of every rollup and dimension, by name. */
function expected(events: readonly Made[], now: number): Map<string, Sheet> {
  const sheets = new Map<string, Sheet>();
  const sheet = (name: string): Sheet => {
    const found = sheets.get(name) ?? new Sheet();
    sheets.set(name, found);
    return found;
  };
  for (const { kind, at, codes, count, submitted } of events) {
    if (kind === 'backlog') {
      const { agency, service, province } = codes;
      sheet('rollup_backlog_day by level').add(bucketOf('day', at), `${agency} ${service} ${province}`, 1, 0);
    }
    if (kind === 'link') {
      const { link = '' } = codes;
      sheet('rollup_link_interval by link').add(bucketOf('day', at), link, 1, 0);
      sheet('rollup_link_latest by link').add('', link, 1, 0);
    }
    if (kind !== 'submission') continue;
    for (const grain of GRAINS) {
      const bucket = bucketOf(grain, at);
      for (const [dim, code] of Object.entries(codes)) sheet(`rollup_${grain} by ${dim}`).add(bucket, code, 1, count);
    }
    const { agency, service, province, source, channel, status } = codes;
    for (const grain of ['day', 'month'] as const) {
      const units = `${agency} ${service} ${province}`;
      sheet(`rollup_units_${grain} by unit`).add(bucketOf(grain, at), units, 1, count);
      const meeting = `${units} ${source} ${channel} ${status}`;
      sheet(`rollup_meetings_${grain} by meeting`).add(bucketOf(grain, at), meeting, 1, count);
    }
    if (now - at < KEPT_MS) sheet('rollup_second by all').add(bucketOf('second', at), '', 1, count);
    else sheet('rollup_late by day').add(bucketOf('day', at), '', 1, submitted);
  }
  return sheets;
}

function counted(cells: readonly Cell[], now: number): Map<string, Sheet> {
  const sheets = new Map<string, Sheet>();
  for (const [table, dim, code, bucket, events, reached] of cells) {
    const at = Date.parse(`${bucket.replace(' ', 'T')}${bucket.length > 10 ? '' : 'T00:00:00'}Z`);
    const isKept = table === 'rollup_second' ? now - at < KEPT_MS : table !== 'rollup_late' || now - at > KEPT_MS;
    if (!isKept) continue;
    const name = `${table} by ${dim}`;
    const sheet = sheets.get(name) ?? new Sheet();
    sheets.set(name, sheet);
    sheet.add(bucket, code, events, reached);
  }
  return sheets;
}

function compareSheets(table: string, should: Sheet, is: Sheet): Tally {
  const tally: Tally = { table, acknowledged: 0, counted: 0, lost: 0, double: 0 };
  for (const key of new Set([...should.cells.keys(), ...is.cells.keys()])) {
    const want = should.cells.get(key) ?? { events: 0, reached: 0 };
    const have = is.cells.get(key) ?? { events: 0, reached: 0 };
    tally.acknowledged += want.events;
    tally.counted += have.events;
    // The right number of events with a wrong sum is as wrong as an event too few or too many.
    const off = have.events - want.events || Math.sign(have.reached - want.reached);
    tally.lost += Math.max(0, -off);
    tally.double += Math.max(0, off);
  }
  return tally;
}

function compareIds(table: string, should: readonly string[], is: readonly string[]): Tally {
  const times = new Map<string, number>();
  for (const id of is) times.set(id, (times.get(id) ?? 0) + 1);
  const wanted = new Set(should);
  const lost = should.filter((id) => !times.has(id)).length;
  const unknown = [...times.keys()].filter((id) => !wanted.has(id)).length;
  return {
    table,
    acknowledged: should.length,
    counted: is.length,
    lost,
    double: is.length - times.size + unknown,
  };
}

/**
 * A case is a place in the log: as many as were sent where `sent` says what stands in it, repeats too; otherwise each poison
 * has one at least, and no place has two.
 */
function compareCases(events: readonly Made[], { quarantine }: Recount, sent: readonly Made[] | undefined): Tally {
  const count = (values: readonly string[]): Map<string, number> => {
    const times = new Map<string, number>();
    for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
    return times;
  };
  const should = count((sent ?? events).filter(({ kind }) => kind === 'poison').map(({ value }) => value));
  const is = count(quarantine.map(({ bytes }) => Buffer.from(bytes, 'base64').toString()));
  const places = new Set(quarantine.map(({ partition, offset, receivedAt }) => `${partition} ${offset} ${receivedAt}`));
  const tally: Tally = { table: 'quarantine', acknowledged: 0, counted: quarantine.length, lost: 0, double: 0 };
  for (const [value, times] of should) {
    const found = is.get(value) ?? 0;
    tally.acknowledged += times;
    tally.lost += Math.max(0, times - found);
    if (sent !== undefined) tally.double += Math.max(0, found - times);
  }
  for (const [value, times] of is) if (!should.has(value)) tally.double += times;
  tally.double += quarantine.length - places.size;
  return tally;
}

function compareCorrected(events: readonly Made[], { corrected }: Recount): Tally {
  const should = new Sheet();
  const is = new Sheet();
  for (const { corrects, count } of events)
    if (corrects !== undefined) should.add('', hashed(NATIONAL, corrects), 1, count);
  for (const [key, rows, count] of corrected) is.add('', key, rows, count);
  return compareSheets('corrected', should, is);
}

/**
 * `events` are those acknowledged, each once, however often it was sent; `sent`, where it is known, is everything that stands
 * in the log.
 */
export function tally(events: readonly Made[], recount: Recount, sent?: readonly Made[], now = Date.now()): Tally[] {
  const ids = (kind: Made['kind']): string[] => events.filter((event) => event.kind === kind).map(({ id }) => id);
  const submissions = ids('submission');
  const levels = ids('backlog');
  const isCounted = ({ kind }: Made): boolean => kind !== 'poison';
  const tallies = [
    compareIds('submission', submissions, recount.ids),
    compareIds('backlog', levels, recount.backlog),
    compareIds('link', ids('link'), recount.links),
    compareIds(
      'event_seen',
      events.filter(isCounted).map(({ source, id }) => hashed(source, id)),
      recount.keys,
    ),
    compareCases(events, recount, sent),
    compareCorrected(events, recount),
  ];
  const should = expected(events, now);
  const is = counted(recount.cells, now);
  for (const name of [...new Set([...should.keys(), ...is.keys()])].sort())
    tallies.push(compareSheets(name, should.get(name) ?? new Sheet(), is.get(name) ?? new Sheet()));
  return tallies;
}

/** One line a table: of a rollup's dimensions, which all sum the same events, the one that is furthest off. */
export function byTable(tallies: readonly Tally[]): Tally[] {
  const tables = new Map<string, Tally>();
  for (const { table, ...of } of tallies) {
    const [name = table] = table.split(' by ');
    const worst = tables.get(name) ?? { table: name, ...of, lost: 0, double: 0 };
    if (of.lost + of.double > worst.lost + worst.double) Object.assign(worst, of);
    tables.set(name, worst);
  }
  return [...tables.values()];
}

export const wrong = (tallies: readonly Tally[]): Tally[] =>
  byTable(tallies).filter(({ lost, double }) => lost > 0 || double > 0);

/** Empty when nothing is lost and nothing double. */
export function inWords(tallies: readonly Tally[]): string {
  const tables = new Map<string, string[]>();
  for (const { table, lost, double } of wrong(tallies))
    for (const [what, events] of Object.entries({ lost, double })) {
      const words = `${what} ${events} in `;
      if (events > 0) tables.set(words, [...(tables.get(words) ?? []), table]);
    }
  return [...tables].map(([words, names]) => words + names.join(', ')).join('; ');
}
