/** Wall displays in either database: one code lets one in, and a credential that is renewed is good until the next one is used. */
import { randomUUID } from 'node:crypto';
import { type Database, Documents, ScreenTable, searchAudit } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const CAUSE = { who: 'person:lan' };
const at = (second: number): string => new Date(Date.UTC(2026, 10, 28, 0, 0, second)).toISOString();
const waits = (hash: string, code: string, asked = 0) => ({
  hash,
  code,
  asked_from: '192.0.2.7',
  asked_at: at(asked),
  expires_at: at(asked + 600),
});

const credential = async (table: ScreenTable, hash: string) => (await table.credentials()).get(hash);

const schema = { parse: (value: unknown) => value as { name: string } };
function opened(database: Database): { table: ScreenTable; documents: Documents<{ name: string }> } {
  return { table: new ScreenTable(database), documents: new Documents({ database, kind: 'screen', schema }) };
}
const pair = ({ table, documents }: ReturnType<typeof opened>, code: string, screen: string, now = at(1)) =>
  table.pair(CAUSE, { code, screen, now }, (edit) => documents.createIn(edit, screen, { name: code }));

describe.each(KINDS)('%s', (kind) => {
  it('keeps one code a display and one display a code, and forgets those that are over', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const { table } = opened(await fresh.open());
    expect([await table.ask(waits('a', 'ONE')), await table.ask(waits('b', 'ONE'))]).toEqual([true, false]);
    expect(await table.ask(waits('b', 'TWO', 5))).toBe(true);
    expect(await table.ask(waits('a', 'THREE', 10))).toBe(true);
    expect((await table.waiting(at(20))).map(({ hash, code }) => [hash, code])).toEqual([
      ['b', 'TWO'],
      ['a', 'THREE'],
    ]);
    expect((await table.waiting(at(606))).map(({ code }) => code)).toEqual(['THREE']);
    await table.ask(waits('c', 'FOUR', 620));
    expect([await table.pairing('b'), (await table.pairing('c'))?.code]).toEqual([undefined, 'FOUR']);
  });

  it('of several who approve one code at once one does, and of the others nothing is left', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const servers = [opened(await fresh.open()), opened(await fresh.open())];
    await servers[0]?.table.ask(waits('a', 'ONE'));
    const ids = servers.flatMap(() => [randomUUID(), randomUUID()]);
    const done = await Promise.all(ids.map((id, n) => pair(servers[n % 2] as (typeof servers)[0], 'ONE', id)));
    const [kept] = done.filter((each) => each !== undefined);
    expect(done.filter((each) => each !== undefined)).toHaveLength(1);
    for (const { table, documents } of servers) {
      expect((await documents.list()).map(({ id }) => id)).toEqual([kept?.id]);
      expect([...(await table.all()).keys()]).toEqual([kept?.id]);
      expect(await credential(table, 'a')).toMatchObject({ screen: kept?.id, replaces: null });
      expect(await table.waiting(at(1))).toEqual([]);
    }
    expect(await pair(servers[0] as (typeof servers)[0], 'ONE', randomUUID())).toBeUndefined();
  });

  it('a code that is over lets nobody in', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const server = opened(await fresh.open());
    await server.table.ask(waits('a', 'ONE'));
    expect(await pair(server, 'ONE', randomUUID(), at(600))).toBeUndefined();
    expect(await server.documents.list()).toEqual([]);
  });

  it('what is offered stands beside what it replaces until it is used, and only the last offer counts', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const { table, ...rest } = opened(database);
    const screen = randomUUID();
    await table.ask(waits('first', 'ONE'));
    await pair({ table, ...rest }, 'ONE', screen);
    const offer = (hash: string) => ({ hash, screen, made_at: at(2), replaces: 'first', replaced_at: null });
    const times = { now: at(3), replacedBefore: at(0), madeBefore: at(0) };
    for (const hash of ['lost', 'second']) await table.offer(offer(hash));
    // It never reached its wall, and comes late.
    await table.taken(offer('lost'), times);
    const found = await Promise.all(['first', 'lost', 'second'].map((hash) => credential(table, hash)));
    expect(found.map((each) => each?.replaces)).toEqual([null, undefined, 'first']);
    await Promise.all([table.taken(offer('second'), times), table.taken(offer('second'), times)]);
    expect([await credential(table, 'first'), await credential(table, 'second')]).toEqual([
      { hash: 'first', screen, made_at: at(1), replaces: null, replaced_at: at(3) },
      { hash: 'second', screen, made_at: at(2), replaces: null, replaced_at: null },
    ]);
    // Long after it was replaced it is over, when the next one takes its place.
    const third = { ...offer('third'), made_at: at(4), replaces: 'second' };
    await table.offer(third);
    await table.taken(third, { ...times, now: at(5), replacedBefore: at(4) });
    expect([await credential(table, 'first'), (await credential(table, 'second'))?.replaced_at]).toEqual([
      undefined,
      at(5),
    ]);
    // Somebody else holds what was replaced: both go on, each by one of its own.
    const other = { ...third, hash: 'other' };
    await table.offer(other);
    await table.taken(other, { ...times, now: at(6), replacedBefore: at(0) });
    expect([...(await table.credentials()).keys()].sort()).toEqual(['other', 'third']);
    // What nobody renewed for weeks is over too.
    const last = { ...other, hash: 'last', made_at: at(9), replaces: 'other' };
    await table.offer(last);
    await table.taken(last, { ...times, now: at(9), replacedBefore: at(0), madeBefore: at(8) });
    expect([...(await table.credentials()).keys()].sort()).toEqual(['last', 'other']);
    const { entries } = await database.read((query) => searchAudit(query, { kind: 'screen_credential', limit: 9 }));
    expect(entries.map(({ action, who }) => [action, who])).toEqual([
      ['screen.renewed', `screen:${screen}`],
      ['screen.twice', `screen:${screen}`],
      ['screen.renewed', `screen:${screen}`],
      ['screen.renewed', `screen:${screen}`],
      ['screen.paired', 'person:lan'],
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/"(first|second|third|other|last|lost)"/);
  });

  it('one that was revoked comes in by what it holds where that is undone in time, or where it is let in anew', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const server = opened(await fresh.open());
    const { table, documents } = server;
    const [one, other] = [randomUUID(), randomUUID()];
    await table.ask(waits('a', 'ONE'));
    await pair(server, 'ONE', one);
    await documents.remove(CAUSE, one, 1);
    await table.sweep('screen', at(0));
    expect(await credential(table, 'a')).toMatchObject({ screen: one });
    await table.ask(waits('a', 'TWO', 5));
    await pair(server, 'TWO', other);
    expect(await credential(table, 'a')).toMatchObject({ screen: other });
    await documents.remove(CAUSE, other, 1);
    await table.sweep('screen', new Date(Date.now() + 1_000).toISOString());
    expect(await credential(table, 'a')).toBeUndefined();
  });

  it('notes the last time, whichever server says it last', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const server = opened(await fresh.open());
    const screen = randomUUID();
    await server.table.ask(waits('a', 'ONE'));
    await pair(server, 'ONE', screen);
    const seen = (second: number, from?: string) => server.table.seen(new Map([[screen, { at: at(second), from }]]));
    await seen(20, '192.0.2.8');
    await seen(10, '192.0.2.9');
    await seen(30);
    expect((await server.table.all()).get(screen)).toMatchObject({
      paired_by: 'person:lan',
      paired_from: '192.0.2.7',
      seen_at: at(30),
      seen_from: '192.0.2.8',
    });
  });
});
