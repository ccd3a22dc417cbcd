/** Seeded events for the suite, each with what it must add to every table: worked out here, from nothing but the event. */

import { partitionKey } from '@room/contract';
import type { NewRecord } from '@room/log';
import { hashed } from '@room/warehouse';
import { NATIONAL, submission } from '../harness/client.ts';
import { type Random, randomOf } from '../portal/random.ts';

export interface Made {
  kind: 'submission' | 'backlog' | 'link' | 'poison';
  id: string;
  source: string;
  /** Id of the submission that it corrects. */
  corrects?: string;
  /** The record's bytes as text. */
  value: string;
  count: number;
  submitted: number;
  /** Milliseconds since 1970 UTC. */
  at: number;
  /** Code in each dimension of the rollups. */
  codes: Readonly<Record<string, string>>;
}

/** Code and id: what the portal writes, and what stands in the tables. */
const PROVINCES = [
  ['01', '34-01'],
  ['04', '34-04'],
  ['08', '34-08'],
] as const;
const AGENCIES = ['MPS', 'MOJ', 'MOHA'] as const;
const SERVICES = ['DV01', 'DV02', 'DV03'] as const;
const CHANNELS = [1, 2, 3] as const;
const STATUSES = [1, 2, 9] as const;
const DAY = 86_400_000;
const FRESH_MS = 600_000;
const POISON = 0.02;
const BACKLOG = 0.03;
const LINK = 0.03;
/** Parties of links to the population database, by who reports them. */
const LINKS = [
  ['urn:portal:agency:MOJ', { agency: 'MOJ' }, 'agency MOJ'],
  ['urn:portal:province:01', { province: '01' }, 'province 34-01'],
  ['urn:telecom:vnpt', { telecom: 'VNPT' }, 'telecom VNPT'],
] as const;
const CORRECTION = 0.05;

export const recordOf = ({ id, source, corrects, value }: Made): NewRecord => ({
  key: partitionKey(source, corrects ?? id),
  value,
  headers: { portal: source },
});

export class Load {
  readonly #random: Random;
  readonly #name: string;
  #made = 0;

  /** The same seed makes the same ids, counts and codes; the times are of now. */
  constructor(seed: string) {
    this.#random = randomOf(seed);
    this.#name = hashed(seed).slice(0, 4);
  }

  get random(): Random {
    return this.#random;
  }

  make(events: number): Made[] {
    return Array.from({ length: events }, () => this.#one());
  }

  /** Some of them correct earlier ones of the same call: for logs that take them all in their order. */
  makeWithCorrections(events: number): Made[] {
    const made: Made[] = [];
    const left = new Map<Made, number>();
    for (let n = 0; n < events; n++) {
      const original = this.#random.next() < CORRECTION ? this.#pick([...left.keys()]) : undefined;
      if (original === undefined) {
        const one = this.#one();
        made.push(one);
        if (one.kind === 'submission' && one.count > 0) left.set(one, one.count);
        continue;
      }
      made.push(this.#correct(original));
      const rest = (left.get(original) ?? 0) - 1;
      if (rest === 0) left.delete(original);
      else left.set(original, rest);
    }
    return made;
  }

  /** One dossier less. */
  #correct(original: Made): Made {
    const id = `${this.#name}-${this.#made++}`;
    const event = JSON.parse(original.value) as { id: string; data: object };
    const value = JSON.stringify({ ...event, id, data: { ...event.data, count: -1, corrects: original.id } });
    const submitted = original.submitted > 0 ? -1 : 0;
    return { ...original, id, corrects: original.id, value, count: -1, submitted };
  }

  #one(): Made {
    const id = `${this.#name}-${this.#made++}`;
    const kind = this.#random.next();
    const at = this.#time();
    if (kind < POISON) return poisonOf(id, at);
    if (kind < POISON + BACKLOG) return backlogOf(id, at, this.#pick([undefined, ...PROVINCES]));
    if (kind < POISON + BACKLOG + LINK) return linkReport(id, at, this.#pick(LINKS));
    const [code, province] = this.#pick(PROVINCES);
    const agency = this.#pick(AGENCIES);
    const service = this.#pick(SERVICES);
    const channel = this.#pick(CHANNELS);
    const status = this.#pick(STATUSES);
    const count = Math.floor(this.#random.next() * 4);
    const fields = { procedure: service, agency, province: code, channel, status, count, occurredAt: iso(at) };
    return {
      kind: 'submission',
      id,
      source: NATIONAL,
      value: JSON.stringify(submission(id, fields)),
      count,
      submitted: status === 1 ? count : 0,
      at,
      codes: { all: '', province, agency, service, source: NATIONAL, channel: String(channel), status: String(status) },
    };
  }

  /** Half of the last minutes, half of earlier days: never so near midnight that it is unclear which are late. */
  #time(): number {
    const now = Date.now();
    const isFresh = this.#random.next() < 0.5;
    return isFresh
      ? now - Math.floor(this.#random.next() * FRESH_MS)
      : now - 3 * DAY - Math.floor(this.#random.next() * 17 * DAY);
  }

  /** One of them; of none, none. */
  #pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random.next() * choices.length)] as T;
  }
}

const iso = (at: number): string => new Date(at).toISOString();

function poisonOf(id: string, at: number): Made {
  const value = JSON.stringify(submission(id, { occurredAt: iso(at) }, { type: 'submission.deleted' }));
  return { kind: 'poison', id, source: NATIONAL, value, count: 0, submitted: 0, at, codes: {} };
}

function backlogOf(id: string, at: number, place: readonly [code: string, province: string] | undefined): Made {
  const [code, province = ''] = place ?? [];
  const data = { procedure: 'DV01', agency: 'MPS', province: code, at: iso(at), open: 7, overdue: 2 };
  const value = JSON.stringify({ specversion: '1.0', id, source: NATIONAL, type: 'backlog.reported', data });
  const codes = { agency: 'MPS', service: 'DV01', province };
  return { kind: 'backlog', id, source: NATIONAL, value, count: 0, submitted: 0, at, codes };
}

function linkReport(id: string, at: number, [source, party, code]: (typeof LINKS)[number]): Made {
  const interval = { start: iso(at), end: iso(at + 1) };
  const data = { database: 'NDB01', ...party, interval, requests: 9, errors: { timeout: 2 }, lastSuccessAt: iso(at) };
  const value = JSON.stringify({ specversion: '1.0', id, source, type: 'link.reported', data });
  return { kind: 'link', id, source, value, count: 0, submitted: 0, at, codes: { link: `population ${code}` } };
}
