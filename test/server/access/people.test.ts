/** Who may administer, decided where it is written: of two who remove each other at once one stays. */
import { type Catalogue, personSchema } from '@room/contract';
import { verifyAudit } from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { Accounts } from '../../../server/src/access/accounts.ts';
import { mayAdminister, People } from '../../../server/src/access/people.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const catalogue = {
  agencies: [],
  provinces: [],
  services: [],
  sources: [],
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
} as unknown as Catalogue;
const ROUNDS = 12;
const administrator = personSchema.parse({ name: 'One', rights: ['view', 'administer'], scope: 'all' });

describe.each(KINDS)('people in %s', (kind) => {
  /** Two servers on one database. */
  const servers = async (context: TestContext) => {
    const fresh = await freshDatabase(kind, context);
    const databases = await Promise.all([fresh.open(), fresh.open()]);
    const all = databases.map((database) => {
      const accounts = new Accounts({ database, catalogue, report: () => undefined });
      return { database, accounts, people: new People({ accounts, database }) };
    });
    return { all, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
  };

  it('two administrators who remove each other at once, on two servers, leave one, however often they try', async (context) => {
    await using it = await servers(context);
    const [here, there] = it.all;
    if (here === undefined || there === undefined) throw new Error('there are two servers');
    const { documents } = here.accounts;
    const who = { who: 'person:a' };
    let [a, b] = [await documents.create(who, 'a', administrator), await documents.create(who, 'b', administrator)];
    const ways = [{ rights: ['view'] as const }, { isDisabled: true }, { scope: { agencies: [], provinces: [] } }];
    for (let round = 0; round < ROUNDS; round++) {
      const lost = personSchema.parse({ ...administrator, ...ways[round % ways.length] });
      const done = await Promise.allSettled([
        here.people.change({ who: 'person:a' }, 'b', b.version, lost),
        there.people.change({ who: 'person:b' }, 'a', a.version, lost),
      ]);
      expect([round, done.filter(({ status }) => status === 'fulfilled').length]).toEqual([round, 1]);
      const refused = done.find((each) => each.status === 'rejected');
      expect(refused?.reason).toMatchObject({ status: 409, code: 'last_administrator' });
      const people = await documents.list();
      expect(people.filter(mayAdminister)).toHaveLength(1);
      // Whoever lost it is given it back for the next round.
      for (const each of people)
        if (!mayAdminister(each)) await here.people.change(who, each.id, each.version, administrator);
      const [first, second] = await documents.list();
      if (first === undefined || second === undefined) throw new Error('both are there');
      [a, b] = [first, second];
    }
    expect(await here.database.read((query) => verifyAudit(query))).toMatchObject({ ok: true });
  });

  it('nothing of a change that is refused is left, and the same holds for what is taken back', async (context) => {
    await using it = await servers(context);
    const [{ accounts, people } = { accounts: undefined, people: undefined }] = it.all;
    if (accounts === undefined || people === undefined) throw new Error('there is a server');
    const who = { who: 'person:a' };
    const made = await accounts.documents.create(who, 'a', administrator);
    const lost = { ...administrator, isDisabled: true };
    await accounts.begin('a', { address: undefined, browser: undefined });
    await expect(people.change(who, 'a', made.version, lost)).rejects.toMatchObject({ code: 'last_administrator' });
    await expect(people.undo(who, 'a', made.version)).rejects.toMatchObject({ code: 'last_administrator' });
    expect(await accounts.documents.list()).toMatchObject([{ id: 'a', version: 1, body: administrator }]);
    expect(await accounts.table.endAll(who, 'a')).toBe(1);
    expect((await accounts.documents.history('a')).map(({ action }) => action)).toEqual(['person.created']);
  });

  it('whoever is disabled is signed out in the same moment', async (context) => {
    await using it = await servers(context);
    const [{ accounts, people } = { accounts: undefined, people: undefined }] = it.all;
    if (accounts === undefined || people === undefined) throw new Error('there is a server');
    const who = { who: 'person:a' };
    await accounts.documents.create(who, 'a', administrator);
    const b = await accounts.documents.create(who, 'b', administrator);
    await accounts.begin('b', { address: undefined, browser: undefined });
    await people.change(who, 'b', b.version, { ...administrator, isDisabled: true });
    expect(await accounts.table.endAll(who, 'b')).toBe(0);
  });
});
