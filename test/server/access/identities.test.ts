/** People of an identity provider, as servers keep them that share a database. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Person, personSchema } from '@room/contract';
import { AccountTable, type Database, Documents, searchAudit, verifyAudit } from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { Identities } from '../../../server/src/access/identities.ts';
import type { Mapping } from '../../../server/src/access/mapping.ts';
import { mayAdminister } from '../../../server/src/access/people.ts';
import type { SignedIn } from '../../../server/src/access/provider.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const MAPPING: Mapping = [
  { when: { groups: 'all' }, rights: ['view', 'administer'], scope: 'all' },
  { when: { groups: 'health' }, rights: ['view'], scope: { agencies: ['MOH'], provinces: [] } },
];
const LAN: SignedIn = {
  issuer: 'https://id.example.org',
  subject: '7',
  claims: { preferred_username: 'Lan', name: 'Lan', groups: ['health'] },
  idToken: 'x',
};

const ADMINISTRATOR = personSchema.parse({ name: 'Mai', rights: ['view', 'administer'], scope: 'all' });
const ROUNDS = 8;

interface Server {
  identities: Identities;
  documents: Documents<Person>;
  table: AccountTable;
  database: Database;
  said: string[];
}
async function servers(kind: (typeof KINDS)[number], context: TestContext, count: number) {
  const fresh = await freshDatabase(kind, context);
  const all: Server[] = [];
  for (let n = 0; n < count; n++) {
    const database = await fresh.open();
    const documents = new Documents({ database, kind: 'person', schema: personSchema });
    const table = new AccountTable(database);
    const said: string[] = [];
    const report = (message: string): void => void said.push(message);
    const identities = new Identities({ database, documents, table, mapping: MAPPING, catalogue, report });
    all.push({ identities, documents, table, database, said });
  }
  const [first] = all;
  if (first === undefined) throw new Error('no server');
  return { all, first, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
}
const begin = (table: AccountTable, person: string, hash: string): Promise<void> =>
  table.begin(
    { who: 'test' },
    {
      hash,
      person,
      began_at: '2026-11-19T03:00:00.000Z',
      seen_at: '2026-11-19T03:00:00.000Z',
      expires_at: '2026-11-26T03:00:00.000Z',
      address: null,
      browser: null,
      id_token: null,
    },
  );

describe.each(KINDS)('somebody of a provider, in %s', (kind) => {
  it('has one account, whichever servers they come to in the same moment', async (context) => {
    await using room = await servers(kind, context, 3);
    const ids = await Promise.all(room.all.flatMap(({ identities }) => [identities.admit(LAN), identities.admit(LAN)]));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^lan\+[\da-f]{12}$/);
    const people = await room.first.documents.list();
    expect(people.map(({ id, version, body }) => [id, version, body])).toEqual([
      [ids[0], 1, { name: 'Lan', rights: ['view'], scope: { agencies: ['MOH'], provinces: [] }, isDisabled: false }],
    ]);
  });

  it('is another for another issuer or subject, whatever they are called, and never a local account', async (context) => {
    await using room = await servers(kind, context, 1);
    const { identities, documents } = room.first;
    await documents.create({ who: 'test' }, 'lan', {
      name: 'Lan',
      rights: ['administer'],
      scope: 'all',
      isDisabled: false,
    });
    const ids = [
      await identities.admit(LAN),
      await identities.admit({ ...LAN, subject: '8' }),
      await identities.admit({ ...LAN, issuer: 'https://other.example.org' }),
    ];
    expect(new Set(['lan', ...ids]).size).toBe(4);
    // What they are called may change; who they are does not.
    expect(await identities.admit({ ...LAN, claims: { preferred_username: 'minh', groups: 'health' } })).toBe(ids[0]);
    expect((await documents.get('lan'))?.body.rights).toEqual(['administer']);
  });

  it('has what the groups of the last sign-in are worth, and without any nothing and no session', async (context) => {
    await using room = await servers(kind, context, 1);
    const { identities, documents, table, database } = room.first;
    await documents.create({ who: 'test' }, 'mai', ADMINISTRATOR);
    const id = await identities.admit({ ...LAN, claims: { ...LAN.claims, groups: ['all'] } });
    expect((await documents.get(id))?.body).toMatchObject({ rights: ['view', 'administer'], scope: 'all' });
    await begin(table, id, 'a');
    expect(await identities.admit(LAN)).toBe(id);
    expect((await documents.get(id))?.body).toMatchObject({ rights: ['view'], scope: { agencies: ['MOH'] } });
    expect(await table.sessions(id)).toHaveLength(1);
    await expect(identities.admit({ ...LAN, claims: {} })).rejects.toMatchObject({ code: 'no_mapping' });
    expect((await documents.get(id))?.body).toMatchObject({ rights: [], scope: { agencies: [], provinces: [] } });
    expect(await table.sessions(id)).toEqual([]);
    const { entries: audit } = await database.read((query) => searchAudit(query, { subject: id, limit: 10 }));
    expect(audit.map(({ who, action }) => `${who} ${action}`).reverse()).toEqual([
      'provider person.created',
      'test session.began',
      'provider person.changed',
      'provider person.changed',
      'provider session.ended',
      'visitor session.refused',
    ]);
  });

  it('who was never let in has no account, and who is disabled stays so', async (context) => {
    await using room = await servers(kind, context, 1);
    const { identities, documents } = room.first;
    await expect(identities.admit({ ...LAN, claims: { groups: ['others'] } })).rejects.toMatchObject({
      code: 'no_mapping',
    });
    expect(await documents.list()).toEqual([]);
    const id = await identities.admit(LAN);
    const person = await documents.get(id);
    if (person === undefined) throw new Error('nobody');
    await documents.update({ who: 'test' }, id, 1, { ...person.body, isDisabled: true });
    await expect(identities.admit(LAN)).rejects.toMatchObject({ code: 'account_disabled' });
    expect((await documents.get(id))?.body.isDisabled).toBe(true);
  });

  it('the last one who may administer keeps that, and no more, until somebody else may', async (context) => {
    await using room = await servers(kind, context, 1);
    const { identities, documents, table, database, said } = room.first;
    const as = (...groups: string[]): Promise<string> =>
      identities.admit({ ...LAN, claims: { ...LAN.claims, groups } });
    const id = await as('all');
    await begin(table, id, 'a');
    for (let time = 0; time < 2; time++) {
      expect(await as('health')).toBe(id);
      expect((await documents.get(id))?.body).toMatchObject({ rights: ['view', 'administer'], scope: 'all' });
    }
    const keptAt = (await table.identities()).get(id)?.keptAt;
    expect(Date.now() - Date.parse(keptAt ?? '')).toBeLessThan(60_000);
    // Nor do they come in vain, or lose their sessions, when no rule fits them any more.
    expect(await as()).toBe(id);
    expect((await documents.get(id))?.body).toMatchObject({ rights: ['administer'], scope: 'all' });
    expect(await table.sessions(id)).toHaveLength(1);
    expect((await table.identities()).get(id)?.keptAt).toBe(keptAt);
    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/^lan\+.* stays an administrator, .* gives them less now/);
    expect(said[2]).toContain('gives them nothing now');
    const { entries } = await database.read((query) =>
      searchAudit(query, { subject: id, action: 'person.*', limit: 10 }),
    );
    expect(entries.map(({ who, action }) => `${who} ${action}`).reverse()).toEqual([
      'provider person.created',
      'provider person.right_kept',
      'provider person.changed',
    ]);
    expect(entries[1]).toMatchObject({
      before: { rights: ['view'], scope: { agencies: ['MOH'], provinces: [] } },
      after: { rights: ['view', 'administer'], scope: 'all' },
      why: expect.stringMatching(/^nobody else may administer/),
    });

    await documents.create({ who: 'test' }, 'mai', ADMINISTRATOR);
    expect(await as('health')).toBe(id);
    expect((await documents.get(id))?.body).toMatchObject({ rights: ['view'], scope: { agencies: ['MOH'] } });
    expect((await table.identities()).get(id)).not.toHaveProperty('keptAt');
    await expect(as()).rejects.toMatchObject({ code: 'no_mapping' });
    expect(await database.read((query) => verifyAudit(query))).toMatchObject({ ok: true });
  });

  it('of the last two, who lose it on two servers at once, one keeps it, however often', async (context) => {
    await using room = await servers(kind, context, 2);
    const [here, there] = room.all;
    if (here === undefined || there === undefined) throw new Error('there are two servers');
    const as = ({ identities }: Server, subject: string, group: string): Promise<string> =>
      identities.admit({ ...LAN, subject, claims: { groups: [group] } });
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([as(here, '7', 'all'), as(there, '8', 'all')]);
      await Promise.all([as(here, '7', 'health'), as(there, '8', 'health')]);
      const left = (await here.documents.list()).filter(mayAdminister);
      expect([round, left.length]).toEqual([round, 1]);
    }
  });
});
