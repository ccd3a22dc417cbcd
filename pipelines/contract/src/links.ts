/** Links of ministries, provinces and telecoms to national databases, as a catalogue has them. */
import type { Catalogue, Database, Label, Unit } from './catalogue.ts';

/** What a connected party is. */
export const LINK_PARTIES = ['agency', 'province', 'telecom'] as const;
export type LinkParty = (typeof LINK_PARTIES)[number];

/** Requests that failed, by how: no answer in time, no connection, no permission, a request or an answer that cannot be read. */
export const LINK_ERRORS = ['timeout', 'unavailable', 'refused', 'invalid'] as const;
export type LinkError = (typeof LINK_ERRORS)[number];

export interface Link {
  id: string;
  database: Database;
  dim: LinkParty;
  party: Unit;
  /** Who reports it. */
  source: string;
  /** Seconds. */
  silentAfter: number;
}

/** Ids of units and databases have no dot. */
export const linkId = (database: string, party: string): string => `${database}.${party}`;

/** Every source that the catalogue has, of submissions and of links. */
export const sourcesOf = ({ sources, reporters }: Pick<Catalogue, 'sources' | 'reporters'>): string[] =>
  [...sources, ...reporters].map(({ id }) => id);

export type LinkCatalogue = Pick<
  Catalogue,
  'databases' | 'links' | 'agencies' | 'provinces' | 'telecoms' | 'sources' | 'reporters'
>;

const known = new WeakMap<LinkCatalogue, ReadonlyMap<string, Link>>();

/** By id, in the order of the catalogue. Throws where a link names what the catalogue does not have. */
export function linksOf(catalogue: LinkCatalogue): ReadonlyMap<string, Link> {
  let links = known.get(catalogue);
  if (links === undefined) {
    links = read(catalogue);
    known.set(catalogue, links);
  }
  return links;
}

export const linkOf = (catalogue: LinkCatalogue, id: string): Link | undefined => linksOf(catalogue).get(id);

function read(catalogue: LinkCatalogue): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  const sources = new Map(
    [...catalogue.sources, ...catalogue.reporters].flatMap(({ id, unit }) => (unit === undefined ? [] : [[unit, id]])),
  );
  for (const { database: databaseId, silentAfter, ...parties } of catalogue.links) {
    const database = catalogue.databases.find(({ id }) => id === databaseId);
    if (database === undefined) throw new Error(`links: there is no database ${databaseId}`);
    for (const [dim, ids, units] of [
      ['agency', parties.agencies, catalogue.agencies],
      ['province', parties.provinces, catalogue.provinces],
      ['telecom', parties.telecoms, catalogue.telecoms],
    ] as const)
      for (const partyId of ids) {
        const party = units.find(({ id }) => id === partyId);
        const source = sources.get(partyId);
        const id = linkId(databaseId, partyId);
        if (party === undefined) throw new Error(`links: ${databaseId} names the unknown ${dim} ${partyId}`);
        if (source === undefined) throw new Error(`links: nobody reports ${id}: no source has the unit ${partyId}`);
        if (links.has(id)) throw new Error(`links: ${id} stands twice`);
        links.set(id, { id, database, dim, party, source, silentAfter });
      }
  }
  return links;
}

/** Of a link, what people call it. */
export const linkLabel = ({ database, party }: Link): Label => ({
  vi: `${(database.short ?? database.label).vi} – ${(party.short ?? party.label).vi}`,
  en: `${(database.short ?? database.label).en} – ${(party.short ?? party.label).en}`,
});
