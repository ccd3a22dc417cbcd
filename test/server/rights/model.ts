/**
 * Who may see which number, as people would say it, and without a line of the room's own: who holds which rights and which unit, what
 * was counted of whom, and which of those numbers each may be told.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../pipelines/catalogue/viet-nam/', import.meta.url);

interface Unit {
  id: string;
  code: string;
  validFrom?: string;
  validTo?: string;
  successors?: string[];
}

interface Country {
  agencies: Unit[];
  provinces: Unit[];
  services: { code: string; agency: string }[];
  sources: { id: string; unit?: string }[];
  databases: { id: string; agency: string }[];
  links: { database: string; agencies?: string[]; provinces?: string[]; telecoms?: string[] }[];
}

export const COUNTRY = JSON.parse(readFileSync(fileURLToPath(new URL('catalogue.json', FOLDER)), 'utf8')) as Country;

export interface Dossiers {
  day: string;
  agency: string;
  province: string;
  service: string;
  online: boolean;
  /** Of finished ones whether they were in time; undefined: submitted. */
  onTime?: boolean;
  count: number;
}

export interface Somebody {
  name: string;
  headers: Record<string, string>;
  rights: readonly string[];
  /** Units of today that are theirs; `all` for those who see everything. */
  units: 'all' | readonly string[];
  /** A wall display: it is told what walls show alone. */
  isWall?: true;
}

const on = (units: readonly Unit[], day: string): Unit[] =>
  units.filter(({ validFrom = '', validTo = '9' }) => validFrom <= day && day <= validTo);
export const agenciesOn = (day: string): Unit[] => on(COUNTRY.agencies, day);
export const provincesOn = (day: string): Unit[] => on(COUNTRY.provinces, day);

/** What a unit of any day is called today, as each was followed by one other at most. */
function todays(id: string): string {
  const unit = [...COUNTRY.agencies, ...COUNTRY.provinces].find((each) => each.id === id);
  const [next] = unit?.successors ?? [];
  return next === undefined ? id : todays(next);
}

/** Whether the numbers of a member are somebody's own. */
export function isTheirs({ units }: Pick<Somebody, 'units'>, dim: string, code: string): boolean {
  if (units === 'all') return true;
  if (dim === 'all') return false;
  if (dim === 'agency' || dim === 'province') return units.includes(todays(code));
  if (dim === 'service') return units.includes(COUNTRY.services.find((each) => each.code === code)?.agency ?? '');
  if (dim === 'link') return linksOf({ units }).includes(code);
  return dim === 'source' && units.includes(COUNTRY.sources.find(({ id }) => id === code)?.unit ?? '');
}

/** Ids of the links that somebody is told of: those of their units, and all of a database that theirs keeps. */
export const linksOf = ({ units }: Pick<Somebody, 'units'>): string[] =>
  COUNTRY.links.flatMap(({ database, agencies = [], provinces = [], telecoms = [] }) => {
    const keeper = COUNTRY.databases.find(({ id }) => id === database)?.agency ?? '';
    const sees = (party: string): boolean => units === 'all' || units.includes(party) || units.includes(keeper);
    return [...agencies, ...provinces, ...telecoms].filter(sees).map((party) => `${database}.${party}`);
  });

export const DIMS = ['agency', 'province', 'service'] as const;
export type Dim = (typeof DIMS)[number];

const MEASURES = ['submitted', 'submittedOnline', 'onTime', 'late'] as const;
type Measure = (typeof MEASURES)[number];
/** What a wall in any hall says of each. */
const ON_WALLS: Record<string, readonly Measure[]> = {
  agency: ['submitted', 'onTime', 'late'],
  province: ['submitted'],
  service: ['submitted'],
};

const isOf = ({ online, onTime }: Dossiers, measure: Measure): boolean =>
  ({
    submitted: onTime === undefined,
    submittedOnline: onTime === undefined && online,
    onTime: onTime === true,
    late: onTime === false,
  })[measure];

export interface Numbers {
  /** Those that the whole country is told, and somebody's own. */
  open: Set<number>;
  /** Those of others that nobody else is told, and that are no open number by chance. */
  secret: Set<number>;
}

/** Of some days, for somebody. Of the running day each minute and hour is told too: a run of what was sent, one after the other. */
export function numbersOf(
  somebody: Pick<Somebody, 'units'>,
  dossiers: readonly Dossiers[],
  isRunning: boolean,
): Numbers {
  const open = new Set<number>();
  const secret = new Set<number>();
  for (const measure of MEASURES) {
    const counted = dossiers.filter((each) => isOf(each, measure));
    open.add(total(counted));
    for (const dim of DIMS)
      for (const [code, sum] of sums(counted, (each) => each[dim]))
        (isTheirs(somebody, dim, code) || ON_WALLS[dim]?.includes(measure) === true ? open : secret).add(sum);
    // Their own by whatever divides it: of a province where nobody else was counted that is the whole province's number.
    for (const own of DIMS) {
      const theirs = counted.filter((each) => isTheirs(somebody, own, each[own]));
      for (const other of DIMS)
        for (const sum of sums(theirs, (each) => `${each[own]} ${each[other]}`).values()) open.add(sum);
    }
    // And by whichever way it is theirs, as a ministry's by its services and by its offices.
    const own = counted.filter((each) => DIMS.some((dim) => isTheirs(somebody, dim, each[dim])));
    for (const other of DIMS) for (const sum of sums(own, (each) => each[other]).values()) open.add(sum);
  }
  const submitted = dossiers.filter((each) => isOf(each, 'submitted'));
  for (const of of [({ day }: Dossiers) => day, ({ online }: Dossiers) => String(online)])
    for (const sum of sums(submitted, of).values()) open.add(sum);
  if (isRunning) for (const sum of runs(submitted)) open.add(sum);
  const reached = sums(dossiers, ({ onTime }) => (onTime === undefined ? 'entered' : 'finished'));
  for (const sum of reached.values()) open.add(sum);
  for (const number of open) secret.delete(number);
  secret.delete(0);
  return { open, secret };
}

/** What a snapshot must say of somebody's own units, by dimension and code: nobody sees less than is theirs. */
export function ownSums(
  somebody: Pick<Somebody, 'units'>,
  dossiers: readonly Dossiers[],
): { dim: 'agency' | 'province' | 'service'; code: string; sums: Record<string, number> }[] {
  return DIMS.flatMap((dim) =>
    [...new Set(dossiers.map((each) => each[dim]))]
      .filter((code) => isTheirs(somebody, dim, code))
      .map((code) => {
        const own = dossiers.filter((each) => each[dim] === code);
        const each = MEASURES.map((measure) => [measure, total(own.filter((it) => isOf(it, measure)))]);
        return { dim, code, sums: Object.fromEntries(each) as Record<string, number> };
      }),
  );
}

function* runs(of: readonly Dossiers[]): Iterable<number> {
  for (let from = 0; from < of.length; from++) {
    let sum = 0;
    for (const { count } of of.slice(from)) {
      sum += count;
      yield sum;
    }
  }
}

/** Sums of all, under an empty name, and of each meeting of members; none where there are no dossiers. */
export function answersOf(
  dossiers: readonly Dossiers[],
  split: readonly Dim[],
): Record<string, Record<string, number>> {
  const rows = new Map<string, Dossiers[]>();
  for (const each of dossiers)
    for (const key of new Set(['', split.map((dim) => each[dim]).join(' ')]))
      rows.set(key, [...(rows.get(key) ?? []), each]);
  const summed = [...rows].map(([key, of]) => [
    key,
    Object.fromEntries(MEASURES.map((measure) => [measure, total(of.filter((each) => isOf(each, measure)))])),
  ]);
  return Object.fromEntries(summed) as Record<string, Record<string, number>>;
}

const total = (of: readonly Dossiers[]): number => of.reduce((sum, { count }) => sum + count, 0);

function sums(of: readonly Dossiers[], key: (each: Dossiers) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (const each of of) found.set(key(each), (found.get(key(each)) ?? 0) + each.count);
  return found;
}

/** What stands in a text of those that must not. */
export const leaked = (text: string, { secret }: Numbers): string[] =>
  (text.match(/(?<![\w.-])\d+(?![\w-])/g) ?? []).filter((number) => secret.has(Number(number)));
