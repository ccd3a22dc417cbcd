/** Reading tokens on two servers of one database: never more than their owner, and over everywhere at once. */
import { type Catalogue, personSchema, type ScopeGrant } from '@room/contract';
import { searchAudit } from '@room/database';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { Accounts } from '../../../server/src/access/accounts.ts';
import { tokenHash } from '../../../server/src/access/passwords.ts';
import { People } from '../../../server/src/access/people.ts';
import type { Actor } from '../../../server/src/access/principal.ts';
import { Tokens } from '../../../server/src/access/tokens.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const WAIT = { timeout: 5_000, interval: 20 };
const DAY_MS = 86_400_000;
const unit = (id: string) => ({ id, code: id, label: { vi: id, en: id } });
const catalogue = {
  agencies: ['A', 'B', 'C'].map(unit),
  provinces: ['P', 'Q', 'R'].map(unit),
  services: [],
  sources: [],
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
} as unknown as Catalogue;
const who = { who: 'person:root' };
const person = (more: object) =>
  personSchema.parse({ name: 'Ann', rights: ['view', 'analyse'], scope: 'all', ...more });

describe.each(KINDS)('reading tokens in %s', (kind) => {
  const servers = async (context: TestContext) => {
    const fresh = await freshDatabase(kind, context);
    onTestFinished(() => fresh[Symbol.asyncDispose]());
    const open = async () => {
      const database = await fresh.open();
      const accounts = new Accounts({ database, catalogue, report: () => undefined });
      await accounts.start();
      const tokens = new Tokens({ database, accounts, catalogue });
      return { database, accounts, tokens, people: new People({ accounts, database }) };
    };
    const [here, there] = [await open(), await open()];
    await here.accounts.documents.create(who, 'root', person({ rights: ['administer'] }));
    const ann = await here.accounts.documents.create(who, 'ann', person({}));
    for (const { accounts } of [here, there])
      await vi.waitFor(() => expect(accounts.person('ann')?.name).toBe('Ann'), WAIT);
    return { here, there, ann };
  };
  const actor = (more: Partial<Actor> = {}): Actor => ({
    kind: 'person',
    id: 'ann',
    rights: new Set(['view', 'analyse']),
    grant: 'all',
    scope: { key: 'all', own: undefined },
    ...more,
  });
  const asked = {
    name: 'assistant',
    rights: ['view', 'analyse'] as const,
    imports: [] as const,
    scope: 'all' as ScopeGrant,
    days: 30,
  };

  it('read by their owner’s rights and scope of now, on every server, and shrink with them', async (context) => {
    const { here, there, ann } = await servers(context);
    const { secret, token } = await here.tokens.create(actor(), asked, 366);
    expect(secret).toMatch(/^reading_[\w-]{43}$/);
    for (const { tokens } of [here, there])
      expect(await tokens.actorOf(secret)).toMatchObject({
        kind: 'token',
        owner: 'ann',
        name: 'assistant',
        grant: 'all',
      });
    const smaller = person({ rights: ['view'], scope: { agencies: ['A'], provinces: [] } });
    const changed = await here.people.change(who, 'ann', ann.version, smaller);
    for (const { tokens } of [here, there])
      await vi.waitFor(async () => {
        const reader = await tokens.actorOf(secret);
        expect([[...(reader?.rights ?? [])], reader?.grant]).toEqual([['view'], { agencies: ['A'], provinces: [] }]);
      }, WAIT);
    // What the owner gains the token does not.
    await here.people.change(who, 'ann', changed.version, person({ rights: ['view', 'analyse', 'administer'] }));
    await vi.waitFor(
      async () => expect([...((await there.tokens.actorOf(secret))?.rights ?? [])]).toEqual(['view', 'analyse']),
      WAIT,
    );
    expect(token).toMatchObject({ name: 'assistant', scope: 'all' });
  });

  it('bring rows by what their owner still may, for a quarter at most, and tasks for the whole room alone', async (context) => {
    const { here, ann } = await servers(context);
    const may = actor({ rights: new Set(['view', 'answer', 'direct'] as const) });
    const brings = { ...asked, rights: [], imports: ['tasks', 'reports'] as const };
    await expect(here.tokens.create(actor(), brings, 366)).rejects.toMatchObject({ status: 403, code: 'no_right' });
    await expect(here.tokens.create(may, { ...brings, days: 93 }, 366)).rejects.toMatchObject({ status: 400 });
    await expect(here.tokens.create(may, { ...brings, days: 31 }, 30)).rejects.toMatchObject({ status: 400 });
    const ofPart = { ...brings, scope: { agencies: ['A'], provinces: [] } };
    await expect(here.tokens.create(may, ofPart, 366)).rejects.toMatchObject({ status: 400 });
    const { secret, token } = await here.tokens.create(may, { ...brings, days: 92 }, 366);
    expect([secret, token.imports]).toEqual([expect.stringMatching(/^import_[\w-]{43}$/), ['reports', 'tasks']]);
    // Nobody made her one who may, yet: what it brings is decided by what she may now.
    expect([...((await here.tokens.actorOf(secret))?.imports ?? [])]).toEqual([]);
    await here.people.change(who, 'ann', ann.version, person({ rights: ['view', 'answer'] }));
    await vi.waitFor(async () => {
      const bringing = await here.tokens.actorOf(secret);
      expect([[...(bringing?.imports ?? [])], [...(bringing?.rights ?? [])]]).toEqual([['reports'], []]);
    }, WAIT);
  });

  it('end at once on every server when they are revoked, when their owner is disabled, and by their date', async (context) => {
    const { here, there, ann } = await servers(context);
    const [revoked, disabled] = [
      await here.tokens.create(actor(), asked, 366),
      await here.tokens.create(actor(), asked, 366),
    ];
    for (const { secret } of [revoked, disabled])
      for (const { tokens } of [here, there]) expect(await tokens.actorOf(secret)).toBeDefined();
    expect(await here.tokens.table.revoke(who, 'root', revoked.token.id)).toBe(false);
    expect(await here.tokens.table.revoke(who, 'ann', revoked.token.id)).toBe(true);
    for (const { tokens } of [here, there])
      await vi.waitFor(async () => expect(await tokens.actorOf(revoked.secret)).toBeUndefined(), WAIT);
    const locked = await here.people.change(who, 'ann', ann.version, person({ isDisabled: true }));
    for (const { tokens } of [here, there])
      await vi.waitFor(async () => expect(await tokens.actorOf(disabled.secret)).toBeUndefined(), WAIT);
    // Whoever is let in again makes new ones.
    await here.people.change(who, 'ann', locked.version, person({}));
    for (const { accounts, tokens } of [here, there]) {
      await vi.waitFor(() => expect(accounts.person('ann')).toBeDefined(), WAIT);
      expect(await tokens.actorOf(disabled.secret)).toBeUndefined();
    }
    const short = await there.tokens.create(actor(), { ...asked, days: 1 }, 366);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY_MS - 1_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await there.tokens.actorOf(short.secret)).toBeDefined();
    vi.setSystemTime(Date.now() + 2_000);
    expect(await there.tokens.actorOf(short.secret)).toBeUndefined();
  });

  it('are kept as hashes, few of each person, and told of in the audit without them', async (context) => {
    const { here, there } = await servers(context);
    const made = await here.tokens.create(actor(), asked, 366);
    for (let n = 1; n < 20; n++) await here.tokens.create(actor(), { ...asked, name: `n${n}` }, 366);
    await expect(here.tokens.create(actor(), asked, 366)).rejects.toMatchObject({
      status: 409,
      code: 'too_many_tokens',
    });
    await here.tokens.table.revoke({ who: 'person:ann' }, 'ann', made.token.id);
    // Nor more where they are asked for at once, at two servers: there is room for one.
    const atOnce = await Promise.allSettled(
      [here, there, here, there].map(({ tokens }) => tokens.create(actor(), { ...asked, name: 'one more' }, 366)),
    );
    const more = atOnce.flatMap((one) => (one.status === 'fulfilled' ? [one.value.token.id] : []));
    expect(more).toHaveLength(1);
    await here.tokens.table.revoke({ who: 'person:ann' }, 'ann', more[0] ?? '');
    const rows = await here.database.read((query) => query.selectFrom('reading_token').selectAll().execute());
    expect(rows).toHaveLength(19);
    const { entries } = await here.database.read((query) =>
      searchAudit(query, { action: 'reading_token.*', limit: 100 }),
    );
    expect(entries).toHaveLength(23);
    expect(entries[0]).toMatchObject({
      action: 'reading_token.revoked',
      who: 'person:ann',
      before: { name: 'one more' },
    });
    const said = JSON.stringify([rows, entries]);
    expect(said).not.toContain(made.secret);
    expect(JSON.stringify(entries)).not.toContain(tokenHash(made.secret));
  });

  it('have at most what their owner has, whatever is asked for', async (context) => {
    const { here } = await servers(context);
    const units = (ids: string[]) => fc.subarray(ids);
    const grant = fc.oneof(
      fc.constant('all' as const),
      fc.record({ agencies: units(['A', 'B', 'C']), provinces: units(['P', 'Q', 'R']) }),
    );
    const isIn = (part: ScopeGrant, whole: ScopeGrant): boolean =>
      whole === 'all' ||
      (part !== 'all' &&
        part.agencies.every((id) => whole.agencies.includes(id)) &&
        part.provinces.every((id) => whole.provinces.includes(id)));
    await fc.assert(
      fc.asyncProperty(grant, grant, fc.boolean(), async (own, scope, mayAnalyse) => {
        const owner = actor({ grant: own, rights: new Set(mayAnalyse ? ['view', 'analyse'] : ['view']) });
        const [made] = await Promise.allSettled([here.tokens.create(owner, { ...asked, scope }, 366)]);
        const isRight = mayAnalyse && isIn(scope, own);
        expect([own, scope, mayAnalyse, made?.status]).toEqual([
          own,
          scope,
          mayAnalyse,
          isRight ? 'fulfilled' : 'rejected',
        ]);
        if (made?.status === 'fulfilled') await here.tokens.table.revoke(who, 'ann', made.value.token.id);
      }),
      { numRuns: 40 },
    );
    await expect(here.tokens.create(actor(), { ...asked, days: 31 }, 30)).rejects.toMatchObject({ status: 400 });
    await expect(
      here.tokens.create(actor(), { ...asked, scope: { agencies: ['X'], provinces: [] } }, 366),
    ).rejects.toMatchObject({ status: 400 });
  });
});
