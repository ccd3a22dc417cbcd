/** The database under faults, of either kind: writers killed in the middle, a server that goes away, a network that swallows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, DatabaseAway, Documents, openDatabase, verifyAudit } from '@room/database';
import { Owned } from '@room/operations';
import { describe, expect, it, vi } from 'vitest';
import { childEnv } from '../../harness/config.ts';
import { orSkip } from '../../harness/need.ts';
import { ended, run } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';
import { startPostgres } from '../../postgres/server.ts';
import { Passage } from './passage.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const ANN = { who: 'person:ann' };
const schema = { parse: (value: unknown): unknown => value };
const viewsOf = (database: Database) => new Documents({ database, kind: 'view', schema });

describe.each(KINDS)('writers of %s that are killed', (kind) => {
  it('leave each change with its word and its message, or none of them, and what they told stays', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const told = new Map<string, number>();
    await using running = new Owned(() => undefined);
    const writer = (name: string): ChildProcess => {
      const words = [...typescript(), 'test/pipelines/database/editor.ts', JSON.stringify(fresh.settings), name];
      const child = spawn(process.execPath, words, {
        cwd: ROOT,
        env: childEnv(),
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      running.defer(() => void child.kill('SIGKILL'));
      child.on('message', (message) => {
        if (typeof message === 'number') told.set(name, message);
      });
      return child;
    };
    const names = ['a', 'b'];
    for (let round = 0; round < 3; round++) {
      const writers = names.map(writer);
      await Promise.all(writers.map((child) => once(child, 'message')));
      const before = names.map((name) => told.get(name) ?? 0);
      await vi.waitFor(() => {
        for (const [n, name] of names.entries()) expect(told.get(name) ?? 0).toBeGreaterThan((before[n] ?? 0) + 5);
      }, PATIENCE);
      for (const child of writers) child.kill('SIGKILL');
      await Promise.all(writers.map(ended));
    }
    await sleep(100);
    for (const name of names) {
      const { document, messages, entries } = await database.read(async (query) => ({
        document: await query.selectFrom('document').selectAll().where('id', '=', name).executeTakeFirstOrThrow(),
        messages: await query.selectFrom('outbox').select('body').where('body', 'like', `{"name":"${name}"%`).execute(),
        entries: await query.selectFrom('audit').select('version').where('subject', '=', name).execute(),
      }));
      expect(Number(document.body)).toBe(document.version - 1);
      expect([messages.length, entries.length]).toEqual([document.version - 1, document.version]);
      expect(document.version).toBeGreaterThanOrEqual(told.get(name) ?? 0);
    }
    expect(await database.read((query) => verifyAudit(query))).toMatchObject({ ok: true });
    await viewsOf(database).create(ANN, 'v', {});
  });
});

it('a file of SQLite that is in use keeps its log, whoever opens it and leaves', async (context) => {
  await using fresh = await freshDatabase('sqlite', context);
  const database = await fresh.open();
  const log = `${fresh.url.replace('file://', '')}-wal`;
  for (const name of ['a', 'b', 'c']) {
    await viewsOf(database).create(ANN, name, {});
    const words = [...typescript(), 'test/pipelines/database/visitor.ts', JSON.stringify(fresh.settings), name];
    const { code, output } = await run(process.execPath, words, { cwd: ROOT, env: childEnv() });
    expect([code, output, existsSync(log)]).toEqual([0, '', true]);
  }
  expect(await viewsOf(database).list()).toHaveLength(3);
  expect(await database.read((query) => verifyAudit(query))).toMatchObject({ ok: true, head: { sequence: 6 } });
});

describe('a PostgreSQL that is away', () => {
  it('is said by edits at once, is not there at a start either, and is used as soon as it is back', async (context) => {
    await using server = await orSkip(context, startPostgres());
    const said: string[] = [];
    const report = (_: string, message: string): void => void said.push(message);
    const settings = { kind: 'postgres', url: server.url } as const;
    await using database = await openDatabase({ settings, report });
    await viewsOf(database).create(ANN, 'v', { n: 1 });
    await server.stop();
    const began = performance.now();
    await expect(viewsOf(database).update(ANN, 'v', 1, {})).rejects.toBeInstanceOf(DatabaseAway);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(database.trouble).toBeDefined();
    await using late = await openDatabase({ settings, report });
    await expect(viewsOf(late).list()).rejects.toBeInstanceOf(DatabaseAway);
    await server.start();
    await vi.waitFor(() => expect([database.trouble, late.trouble]).toEqual([undefined, undefined]), PATIENCE);
    expect(await viewsOf(late).list()).toMatchObject([{ body: { n: 1 } }]);
    const heard = new Promise<unknown>((done) => {
      late.changes.follow(['view'], (changes) => {
        if (changes !== undefined) done(changes);
      });
    });
    await late.changes.look();
    await viewsOf(database).update(ANN, 'v', 1, { n: 2 });
    expect(await heard).toMatchObject([{ subject: 'v', version: 2 }]);
    expect(said.filter((message) => message.includes('does not answer'))).not.toHaveLength(0);
  });

  it('behind a network that swallows everything is given up in seconds, and is back with the network', async (context) => {
    await using server = await orSkip(context, startPostgres());
    await using passage = await Passage.to(server.port);
    const url = new URL(server.url);
    url.port = String(passage.port);
    await using database = await openDatabase({
      settings: { kind: 'postgres', url: url.href },
      report: () => undefined,
    });
    await viewsOf(database).create(ANN, 'v', { n: 1 });
    passage.swallow();
    const began = performance.now();
    await expect(viewsOf(database).update(ANN, 'v', 1, {})).rejects.toBeInstanceOf(DatabaseAway);
    expect(performance.now() - began).toBeLessThan(15_000);
    passage.pass();
    await vi.waitFor(() => viewsOf(database).update(ANN, 'v', 1, { n: 2 }), { timeout: 20_000, interval: 200 });
    expect(await viewsOf(database).get('v')).toMatchObject({ version: 2, body: { n: 2 } });
  });
});
