/**
 * A small country with a known truth, counted the ordinary way: hourly events of a few provinces through their own portals and
 * the national one, inserted as ranges, so that the room's own views fill the rollups.
 */
import { addDays, type Catalogue, dayTypeOf, localDay, type Submission, startOfDay } from '@room/contract';
import type { Access } from '@room/warehouse';
import { Ledger } from '@room/warehouse';
import { type Random, randomOf } from '../../portal/random.ts';
import { rows, submission } from '../warehouse/rows.ts';

export const HOUR = 3_600_000;
export const NATIONAL = 'urn:portal:national';
/** Province id, its own portal, and its share of the country. */
export const PROVINCES = [
  { id: '34-01', source: 'urn:portal:province:01', share: 0.5 },
  { id: '34-79', source: 'urn:portal:province:79', share: 0.3 },
  { id: '34-48', source: 'urn:portal:province:48', share: 0.2 },
] as const;
const SERVICES = [
  { code: 'DV02', agency: 'MPS', share: 0.6 },
  { code: 'DV06', agency: 'MPS', share: 0.4 },
] as const;
/** Of a province's dossiers, those that come through the national portal. */
const THROUGH_NATIONAL = 0.4;
export const ONLINE = 0.7;
export const ON_TIME = 0.9;

const OFFICE = [2, 1, 1, 1, 1, 3, 10, 40, 90, 100, 95, 80, 45, 65, 95, 100, 85, 50, 30, 22, 18, 14, 9, 5];
const DAY_FACTOR = { working: 1, rest: 0.3, holiday: 0.15 } as const;
/** Dossiers of the country in the busiest hour of a working day. */
const PEAK = 900;

export interface Events {
  /** Dossiers that the country is expected to bring in the hour that begins at an instant; `rateAt` where left out. */
  rate?: (at: number) => number;
  /** Each multiplies what a province brings in an hour. */
  surges?: readonly { province: string; from: number; to: number; factor: number }[];
  /** A portal tells nothing of these hours. */
  outages?: readonly { source: string; from: number; to: number }[];
}

/** Expected dossiers of the country in the hour that begins at `at`. */
export function rateAt(catalogue: Catalogue, at: number): number {
  const day = localDay(at, catalogue.timeZone);
  const hour = Math.floor((at - startOfDay(day, catalogue.timeZone)) / HOUR);
  return (PEAK * (OFFICE[hour] ?? 0) * DAY_FACTOR[dayTypeOf(catalogue.calendar, day) ?? 'working']) / 100;
}

/** Hours from `days` local days before that of `until` up to `until`, an instant that ends an hour. */
export function* hoursOf(catalogue: Catalogue, days: number, until: number): Generator<number> {
  const first = startOfDay(addDays(localDay(until - 1, catalogue.timeZone), -days), catalogue.timeZone);
  for (let at = first; at < until; at += HOUR) yield at;
}

interface Told {
  source: string;
  event: Submission;
}

/** What each portal would tell of the hour; the same whenever it is asked. */
function* happened(catalogue: Catalogue, at: number, { rate, surges = [] }: Events, seed: string): Generator<Told> {
  const random = randomOf(`country|${seed}|${at}`);
  const hour = { span: HOUR, count: 0, submitted: 0, submittedOnline: 0 };
  const national = rate?.(at) ?? rateAt(catalogue, at);
  for (const province of PROVINCES) {
    const surge = surges.find((it) => it.province === province.id && at >= it.from && at < it.to);
    const here = national * province.share * (surge?.factor ?? 1);
    for (const service of SERVICES)
      for (const [source, share] of [
        [NATIONAL, THROUGH_NATIONAL],
        [province.source, 1 - THROUGH_NATIONAL],
      ] as const) {
        const count = random.poisson(here * service.share * share);
        const online = partOf(count, ONLINE, random);
        const onTime = partOf(count, ON_TIME, random);
        const common = { ...hour, source, service: service.code, agency: service.agency, province: province.id };
        const id = `${source}-${service.code}-${province.id}-${at}`;
        const parts = [
          { id: `${id}-o`, channel: 2, count: online, submitted: online, submittedOnline: online },
          { id: `${id}-p`, channel: 1, count: count - online, submitted: count - online },
          { id: `${id}-t`, status: 9, count: onTime, onTime: true },
          { id: `${id}-l`, status: 9, count: count - onTime, onTime: false },
        ];
        for (const part of parts)
          yield { source, event: submission(part.id, new Date(at).toISOString(), { ...common, ...part }) };
      }
  }
}

/** About this share of so many, as chance has it. */
const partOf = (count: number, share: number, random: Random): number =>
  count - Math.min(count, random.poisson(count * (1 - share)));

/** Dossiers that reached the country in the hour, told or not. */
export function truthAt(catalogue: Catalogue, at: number, events: Events, seed: string): number {
  let sum = 0;
  for (const { event } of happened(catalogue, at, events, seed)) sum += event.submitted;
  return sum;
}

export interface Filling extends Events {
  access: Access;
  catalogue: Catalogue;
  days: number;
  /** End of the last hour. */
  until: number;
  /** Leaves out what came before this instant. */
  since?: number;
  /** Only what this portal has to tell, outage or not: it catches up. */
  only?: string;
  seed?: string;
}

/** Returns what was told nationwide, by the first instant of each hour. */
export async function fillCountry({
  access,
  catalogue,
  days,
  until,
  since = 0,
  only,
  seed = 'a',
  ...events
}: Filling): Promise<Map<number, number>> {
  const ledger = new Ledger(access);
  const held = new Map<number, number>();
  let batch: Submission[] = [];
  let range = 0;
  const flush = async (): Promise<void> => {
    range++;
    const token = `${seed}:${only ?? ''}:${since}:${range}`;
    await ledger.insertRange(token, rows(batch, String(range), until));
    batch = [];
  };
  const isTold = (source: string, at: number): boolean =>
    only === undefined
      ? !(events.outages ?? []).some((it) => it.source === source && at >= it.from && at < it.to)
      : source === only;
  for (const at of hoursOf(catalogue, days, until)) {
    if (at < since) continue;
    for (const { source, event } of happened(catalogue, at, events, seed)) {
      if (!isTold(source, at)) continue;
      held.set(at, (held.get(at) ?? 0) + event.submitted);
      batch.push(event);
    }
    if (batch.length > 20_000) await flush();
  }
  if (batch.length > 0) await flush();
  return held;
}
