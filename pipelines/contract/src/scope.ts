/**
 * Whose numbers somebody may see in full: everything, or agencies and provinces over time. A unit's past is that of the units
 * that it took over from, and what it became goes on where it ended; each of them counts in its own days only, as no event of
 * another day has its id.
 */
import { z } from 'zod';
import type { Catalogue, Unit } from './catalogue.ts';
import type { Dimension } from './dimensions.ts';
import { ministriesOf } from './groups.ts';
import { type LinkCatalogue, linksOf } from './links.ts';

const unitIds = z.array(z.string().min(1).max(64)).max(1_000);

/** As it is given to somebody: `all`, or ids of the catalogue. None at all sees what walls show everybody. */
export const scopeGrantSchema = z.union([
  z.literal('all'),
  z.strictObject({ agencies: unitIds, provinces: unitIds }).meta({ id: 'Units' }),
]);
export type ScopeGrant = z.infer<typeof scopeGrantSchema>;

/** Of two grants what both of them name: never more than either. */
export function commonGrant(one: ScopeGrant, other: ScopeGrant): ScopeGrant {
  if (one === 'all') return other;
  if (other === 'all') return one;
  const inBoth = (kind: 'agencies' | 'provinces'): string[] => one[kind].filter((id) => other[kind].includes(id));
  return { agencies: inBoth('agencies'), provinces: inBoth('provinces') };
}

/** Whether it names nothing that `whole` does not. */
export function isWithin(part: ScopeGrant, whole: ScopeGrant): boolean {
  if (whole === 'all' || part === 'all') return whole === 'all';
  return (['agencies', 'provinces'] as const).every((kind) => part[kind].every((id) => whole[kind].includes(id)));
}

/** As it is asked of: what was granted, with all that belongs to it. */
export interface Scope {
  /** The same for equal scopes. */
  readonly key: string;
  /** By dimension, codes in the rollups of the members that belong to it; undefined where everything does. */
  readonly own: Readonly<Partial<Record<Dimension | 'link', ReadonlySet<string>>>> | undefined;
}

export const EVERYTHING: Scope = { key: 'all', own: undefined };

/** Throws where the catalogue has no unit that was granted. */
export function scopeOf(grant: ScopeGrant, catalogue: LinkCatalogue & Pick<Catalogue, 'services' | 'groups'>): Scope {
  if (grant === 'all') return EVERYTHING;
  const agency = overTime('agency', grant.agencies, catalogue.agencies);
  const province = overTime('province', grant.provinces, catalogue.provinces);
  const has = (unit: string | undefined): boolean => unit !== undefined && (agency.has(unit) || province.has(unit));
  const key = `agency:${[...agency].sort().join(',')} province:${[...province].sort().join(',')}`;
  return {
    key,
    own: {
      agency,
      province,
      // One that several share is each one's.
      service: new Set(
        catalogue.services
          .filter(({ code }) => ministriesOf(code, catalogue).some((each) => agency.has(each)))
          .map(({ code }) => code),
      ),
      source: new Set(catalogue.sources.filter(({ unit }) => has(unit)).map(({ id }) => id)),
      // Numbers of a link are those of its party and of whoever keeps the database.
      link: new Set(
        [...linksOf(catalogue).values()]
          .filter((link) => has(link.party.id) || agency.has(link.database.agency))
          .map(({ id }) => id),
      ),
    },
  };
}

/** Whether all numbers of this member may be seen; the whole country belongs to those alone who see everything. */
export const owns = ({ own }: Scope, dim: 'all' | Dimension | 'link', code: string): boolean =>
  own === undefined || (dim !== 'all' && own[dim]?.has(code) === true);

/** The units, all that came before them, and all that came of them. What else came into the same successor is not theirs. */
function overTime(kind: string, granted: readonly string[], units: readonly Unit[]): ReadonlySet<string> {
  const after = new Map(units.map(({ id, successors = [] }) => [id, successors]));
  const before = new Map<string, string[]>();
  for (const [id, successors] of after)
    for (const successor of successors) before.set(successor, [...(before.get(successor) ?? []), id]);
  const unknown = granted.find((id) => !after.has(id));
  if (unknown !== undefined) throw new Error(`the catalogue has no ${kind} ${unknown}`);
  return new Set([...reached(granted, after), ...reached(granted, before)]);
}

function reached(from: readonly string[], next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set(from);
  // A set is walked to what was added meanwhile.
  for (const id of found) for (const further of next.get(id) ?? []) found.add(further);
  return found;
}
