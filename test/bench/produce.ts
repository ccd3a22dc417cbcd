/** Seeded events as the gateway writes them, and the way of many of them into a log. */

import { readFile } from 'node:fs/promises';
import { DEFAULT_CATALOGUE, type LoadedCatalogue, loadCatalogue } from '@room/catalogue';
import { HEADERS, localDay, partitionKey, SUBMISSION_COUNTED, TOPICS } from '@room/contract';
import type { EventLog, NewRecord } from '@room/log';
import { type Cell, pick, type SimProvince, type World, worldOf } from '../portal/model.ts';
import { type Random, randomOf } from '../portal/random.ts';
import { type Priors, type Rate, rateOf } from '../portal/rate.ts';

export const SEED = 20_261_119;
/** Events of one append, and appends under way at once. */
const SLICE = 2_000;
const AT_ONCE = 4;

export interface Country {
  catalogue: LoadedCatalogue;
  world: World;
  rate: Rate;
}

/** The default catalogue with the volumes and shares that the simulated portals assume. */
export async function countryOf(seed: number): Promise<Country> {
  const catalogue = await loadCatalogue(DEFAULT_CATALOGUE);
  const priors = JSON.parse(await readFile(new URL('../portal/priors.json', import.meta.url), 'utf8')) as Priors;
  const today = localDay(Date.now(), catalogue.catalogue.timeZone);
  return {
    catalogue,
    world: worldOf(catalogue.catalogue, priors, seed, today),
    rate: rateOf(catalogue.catalogue, priors, seed),
  };
}

/** Makes the next record: a dossier reached a status at the time given (milliseconds since 1970 UTC). */
export type Sampler = (at: number) => NewRecord;

/** The same seed and times give the same records; ids of different seeds differ. */
export function samplerOf(world: World, seed: number): Sampler {
  const random = randomOf(`bench|${seed}`);
  return (at) => recordOf(world, random, at);
}

export function anyCell(world: World, random: Random): { province: SimProvince; cell: Cell } {
  const province = world.provinces[pick(world.provinceSums, random.next())];
  const cell = province?.cells[pick(province.sums, random.next())];
  if (province === undefined || cell === undefined) throw new Error('the catalogue has no province with a service');
  return { province, cell };
}

/** What a portal of some care sends: an id of its own making, and the attributes that CloudEvents recommends. */
function recordOf(world: World, random: Random, at: number): NewRecord {
  const { cell } = anyCell(world, random);
  const id = uuid(random);
  return {
    key: partitionKey(cell.source, id),
    value: textOf(cell, id, statusOf(world, random, cell), new Date(at).toISOString()),
    headers: { 'content-type': 'application/cloudevents+json', [HEADERS.portal]: cell.source },
  };
}

const textOf = (cell: Cell, id: string, status: string, at: string): string =>
  `{"specversion":"1.0","id":"${id}","source":"${cell.source}","type":"${SUBMISSION_COUNTED}","time":"${at}",` +
  `"datacontenttype":"application/json","subject":"${cell.service}","simulated":true,` +
  `"data":{${cell.codes},${status},"count":1,"occurredAt":"${at}"}}`;

/** Half of what a portal tells is a new dossier, the rest where older ones have got to. */
function statusOf(world: World, random: Random, cell: Cell): string {
  if (random.next() < 0.5) return `"status":${world.entry}`;
  const step = world.reached[Math.floor(random.next() * world.reached.length)];
  if (step === undefined) return `"status":${world.entry}`;
  return `"status":${step.status}${step.judged ? `,"onTime":${random.next() < cell.onTime}` : ''}`;
}

const hex = (random: Random): string =>
  Math.floor(random.next() * 4_294_967_296)
    .toString(16)
    .padStart(8, '0');

function uuid(random: Random): string {
  const text = hex(random) + hex(random) + hex(random) + hex(random);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
}

/** Appends `count` records of `next` (told the number of each) and returns their bytes. */
export async function appendAll(
  log: Pick<EventLog, 'append'>,
  count: number,
  next: (number: number) => NewRecord,
): Promise<number> {
  let bytes = 0;
  let made = 0;
  const lane = async (): Promise<void> => {
    while (made < count) {
      const records: NewRecord[] = [];
      for (; records.length < SLICE && made < count; made++) records.push(next(made));
      for (const { value } of records) bytes += value.length;
      await log.append(TOPICS.submissions, records);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return bytes;
}
