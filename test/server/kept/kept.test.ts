/** What people keep, in a real room: whose it is, who sees it, who may change it, and the way back. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Annotation,
  Catalogue,
  Frozen,
  Kept,
  Notebook,
  NotebookPage,
  QueryAnswer,
  Version,
  View,
} from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, submission } from '../../harness/client.ts';
import { firstAdministrator } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const PATIENCE = { timeout: 20_000, interval: 200 };

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  // All numbers here are made up, as those of a trial are: each user is looked at by a click.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
  await send(room, [
    submission('k-1', { agency: 'MPS', occurredAt: '2026-03-10T03:00:00Z', count: 7 }),
    submission('k-2', { agency: 'MOH', occurredAt: '2026-03-10T03:00:00Z', count: 5 }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const as = (look: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${room.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      cookie: `room-look=${look}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', origin: room.url }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
async function told<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as T;
}
async function refused(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return `${response.status} ${error.code} ${error.reason}`;
}

const QUESTION = { from: '2026-03-10', to: '2026-03-10', split: 'agency', measures: 'submitted' };
const view = (some: Partial<View> = {}): View => ({
  name: 'A view',
  question: QUESTION,
  share: { with: 'nobody' },
  ...some,
});
const keep = (look: string, body: View): Promise<Kept<View>> => told(as(look, '/v1/views', { body }));
const namesOf = async (look: string): Promise<string[]> =>
  (await told<{ kept: Kept<View>[] }>(as(look, '/v1/views'))).kept.map(({ body }) => body.name).sort();
const at = ({ id }: Pick<Kept<View>, 'id'>, step = ''): string => `/v1/views/${id}${step}`;

it('a view is its owner’s, a unit’s or everybody’s who may ask', async () => {
  await keep('analyst', view({ name: 'mine' }));
  await keep('analyst', view({ name: 'of health', share: { with: 'unit', dim: 'agency', code: 'MOH' } }));
  await keep('analyst', view({ name: 'of all', share: { with: 'everybody' } }));
  await keep('agency:MPS', view({ name: 'of security', share: { with: 'unit', dim: 'agency', code: 'MPS' } }));
  expect(await namesOf('analyst')).toEqual(['mine', 'of all', 'of health', 'of security']);
  expect(await namesOf('agency:MOH')).toEqual(['of all', 'of health']);
  expect(await namesOf('agency:MPS')).toEqual(['of all', 'of security']);
  expect(await refused(as('leadership', '/v1/views'))).toMatch(/^403 no_right/);
});

it('opened by somebody else it tells what they may see, and no more', async () => {
  const { id } = await keep('analyst', view({ name: 'by ministry', share: { with: 'everybody' } }));
  const { kept } = await told<{ kept: Kept<View>[] }>(as('agency:MOH', '/v1/views'));
  const { question } = kept.find((one) => one.id === id)?.body ?? view();
  await vi.waitFor(async () => {
    const answer = await told<QueryAnswer>(as('agency:MOH', `/v1/query?${new URLSearchParams(question)}`));
    expect(answer.rows.map(({ key, now }) => [key[0], now?.submitted])).toEqual([['MOH', 5]]);
  }, PATIENCE);
});

it('is changed by its owner alone, over the version that they saw, and each version can be had again', async () => {
  const first = await keep('agency:MPS', view({ name: 'first', share: { with: 'everybody' } }));
  expect(first).toMatchObject({ version: 1, owner: 'look:agency:MPS', mayEdit: true });
  const changed = await told<Kept<View>>(as('agency:MPS', at(first), { version: 1, body: view({ name: 'second' }) }));
  expect(changed).toMatchObject({ version: 2, body: { name: 'second' } });
  const late = as('agency:MPS', at(first), { version: 1, body: view({ name: 'third' }) });
  expect(await refused(late)).toMatch(/^409 conflict .*is at version 2/);
  const removed = await told<{ version: number }>(as('agency:MPS', at(first, '/remove'), { version: 2 }));
  expect(removed.version).toBe(3);
  expect(await namesOf('agency:MPS')).not.toContain('second');
  const back = await told<{ kept: Kept<View> }>(as('agency:MPS', at(first, '/undo'), { version: 3 }));
  expect(back.kept).toMatchObject({ version: 4, body: { name: 'second' }, owner: 'look:agency:MPS' });
  const { versions } = await told<{ versions: Version<View>[] }>(as('agency:MPS', at(first, '/versions')));
  expect(versions.map(({ version, change, body }) => [version, change, body?.name])).toEqual([
    [4, 'restored', 'second'],
    [3, 'removed', undefined],
    [2, 'changed', 'second'],
    [1, 'created', 'first'],
  ]);
});

it('nobody else changes it; whoever does not see it is not told that it is there', async () => {
  const shared = await keep('agency:MPS', view({ name: 'look only', share: { with: 'everybody' } }));
  const own = await keep('agency:MPS', view({ name: 'private' }));
  for (const [step, body] of [
    ['', { version: 1, body: view() }],
    ['/remove', { version: 1 }],
    ['/undo', { version: 1 }],
  ] as const) {
    expect(await refused(as('agency:MOH', at(shared, step), body))).toMatch(/^403 not_yours/);
    expect(await refused(as('agency:MOH', at(own, step), body))).toMatch(/^404 not_found/);
    expect(await refused(as('agency:MOH', at({ id: randomUUID() }, step), body))).toMatch(/^404 not_found/);
  }
  expect(await refused(as('agency:MOH', at(own, '/versions')))).toMatch(/^404 not_found/);
  expect((await told<{ versions: unknown[] }>(as('agency:MOH', at(shared, '/versions')))).versions).toHaveLength(1);
});

it.each([
  [{ name: ' ' }, /^400 .*body\.name/],
  [{ name: 'x'.repeat(121) }, /^400 .*body\.name/],
  [{ question: { ...QUESTION, from: 'yesterday' } }, /^400 .*body\.question\.from/],
  [{ question: { ...QUESTION, colour: 'red' } }, /^400 .*colour/],
  [{ share: { with: 'unit', dim: 'agency', code: 'NOPE' } }, /^400 .*has no agency NOPE/],
  [{ share: { with: 'unit', dim: 'agency', code: 'MPS' } }, /^403 outside_scope/],
  [{ share: { with: 'friends' } }, /^400 .*body\.share/],
])('%o is refused, with the reason', async (some, reason) => {
  expect(await refused(as('agency:MOH', '/v1/views', { body: { ...view(), ...some } }))).toMatch(reason);
});

const ANNOTATION: Annotation = {
  kind: 'outage',
  text: { vi: 'Hệ thống bảo trì' },
  of: { dim: 'agency', code: 'MPS' },
  from: '2026-03-10T08:22',
  to: '2026-03-10T10:00',
  source: 'https://example.org/notice',
};
const note = (look: string, some: Partial<Annotation> = {}): Promise<Response> =>
  as(look, '/v1/annotations', { body: { ...ANNOTATION, ...some } });
const notedFor = async (look: string): Promise<string[]> =>
  (await told<{ kept: Kept<Annotation>[] }>(as(look, '/v1/annotations'))).kept.map(({ body }) => body.text.vi ?? '');

it('what happened to a unit is told to those who see it in full, and changed by any of them', async () => {
  const made = await told<Kept<Annotation>>(note('agency:MPS'));
  await told(note('analyst', { text: { vi: 'Nghị định mới' }, kind: 'decree', of: { dim: 'all' } }));
  expect(await notedFor('agency:MPS')).toEqual(expect.arrayContaining(['Hệ thống bảo trì', 'Nghị định mới']));
  expect(await notedFor('agency:MOH')).toEqual(['Nghị định mới']);
  // Whoever views charts is told too, and changes nothing.
  expect(await notedFor('leadership')).toHaveLength(2);
  const of = `/v1/annotations/${made.id}`;
  expect(await refused(as('leadership', of, { version: 1, body: ANNOTATION }))).toMatch(/^403 no_right/);
  expect(await refused(as('agency:MOH', of, { version: 1, body: ANNOTATION }))).toMatch(/^404 not_found/);
  const changed = await told<Kept<Annotation>>(
    as('analyst', of, { version: 1, why: 'the end was wrong', body: { ...ANNOTATION, to: '2026-03-10T11:30' } }),
  );
  expect(changed).toMatchObject({ version: 2, owner: 'look:agency:MPS', who: 'look:analyst' });
  const { versions } = await told<{ versions: Version<Annotation>[] }>(as('agency:MPS', `${of}/versions`));
  expect(versions).toMatchObject([{ why: 'the end was wrong', body: { to: '2026-03-10T11:30' } }, { version: 1 }]);
  const undone = await told<{ kept: Kept<Annotation> }>(as('agency:MPS', `${of}/undo`, { version: 2 }));
  expect(undone.kept.body.to).toBe('2026-03-10T10:00');
});

it('what it was while it was of another unit is told to that unit alone, and brought back by nobody else', async () => {
  const { id } = await told<Kept<Annotation>>(note('agency:MPS', { text: { vi: 'của Công an' } }));
  const of = `/v1/annotations/${id}`;
  const moved = { ...ANNOTATION, text: { vi: 'của Y tế' }, of: { dim: 'agency', code: 'MOH' } };
  await told(as('analyst', of, { version: 1, why: 'it was that of health', body: moved }));
  const versionsFor = async (look: string) =>
    (await told<{ versions: Version<Annotation>[] }>(as(look, `${of}/versions`))).versions.map(
      ({ body }) => body?.text.vi,
    );
  expect(await versionsFor('agency:MOH')).toEqual(['của Y tế']);
  expect(await versionsFor('analyst')).toEqual(['của Y tế', 'của Công an']);
  expect(await refused(as('agency:MOH', `${of}/undo`, { version: 2 }))).toMatch(/^403 outside_scope/);
  expect(await notedFor('agency:MOH')).toContain('của Y tế');
  expect((await told<{ kept: Kept<Annotation> }>(as('analyst', `${of}/undo`, { version: 2 }))).kept.body.of).toEqual(
    ANNOTATION.of,
  );
});

it('what a view was before it was shared stays its owner’s', async () => {
  const own = await keep('agency:MPS', view({ name: 'draft, in anger' }));
  const share = { with: 'everybody' } as const;
  await told(as('agency:MPS', at(own), { version: 1, why: 'calmer', body: view({ name: 'shared', share }) }));
  const namesFor = async (look: string) =>
    (await told<{ versions: Version<View>[] }>(as(look, at(own, '/versions')))).versions.map(({ body }) => body?.name);
  expect(await namesFor('agency:MOH')).toEqual(['shared']);
  expect(await namesFor('agency:MPS')).toEqual(['shared', 'draft, in anger']);
});

it.each<[object, RegExp]>([
  [{ of: { dim: 'all' } }, /^403 outside_scope/],
  [{ of: { dim: 'agency', code: 'MPS' } }, /^403 outside_scope/],
  [{ of: { dim: 'agency', code: 'NOPE' } }, /^400 .*has no agency NOPE/],
  [{ text: {} }, /^400 .*body\.text/],
  [{ text: { vi: 'x'.repeat(281) } }, /^400 .*body\.text\.vi/],
  [{ from: '2026-02-30' }, /^400 .*body\.from/],
  [{ to: '2026-03-09' }, /^400 .*body\.to/],
  [{ source: 'javascript:alert(1)' }, /^400 .*body\.source/],
])('an annotation of a ministry with %o is refused, with the reason', async (some, reason) => {
  expect(await refused(note('agency:MOH', { of: { dim: 'agency', code: 'MOH' }, ...some }))).toMatch(reason);
});

it('an answer that was frozen stays as it was, and is told to those alone who see as much', async () => {
  const frozen = await told<Frozen>(as('agency:MPS', '/v1/frozen', { question: QUESTION }));
  expect(frozen).toMatchObject({
    who: 'look:agency:MPS',
    question: QUESTION,
    answer: { total: { now: { submitted: 12 } } },
  });
  await send(room, [submission('k-3', { agency: 'MPS', occurredAt: '2026-03-10T03:00:00Z', count: 100 })]);
  await vi.waitFor(async () => {
    const now = await told<QueryAnswer>(as('agency:MPS', `/v1/query?${new URLSearchParams(QUESTION)}`));
    expect(now.total.now?.submitted).toBe(112);
  }, PATIENCE);
  const of = `/v1/frozen/${frozen.id}`;
  expect(await told(as('agency:MPS', of))).toEqual(frozen);
  // Whoever sees everything sees this too.
  expect((await told<Frozen>(as('analyst', of))).answer).toEqual(frozen.answer);
  const refusal = await refused(as('agency:MOH', of));
  expect(refusal).toMatch(/^403 outside_scope/);
  const moving = await told<Frozen>(as('analyst', '/v1/frozen', { question: { from: 'year-1', to: 'year-1' } }));
  expect(moving.question['from']).toMatch(/^\d{4}-01-01$/);
  expect(await refused(as('analyst', '/v1/frozen', { question: { from: 'day' } }))).toMatch(/^400 bad_query .*to/);
  expect(await refused(as('analyst', '/v1/frozen', { question: { from: 'day', to: 'day', agency: 'NOPE' } }))).toMatch(
    /^400 bad_query .*NOPE/,
  );
});

it('an answer of megabytes is not frozen, however often it may be asked', async () => {
  const { provinces } = await told<Catalogue>(as('analyst', '/v1/catalogue'));
  const today = provinces.filter(({ validTo }) => validTo === undefined);
  for (let day = 1; day <= 12; day++)
    await send(
      room,
      today.flatMap(({ code: province }) =>
        Array.from({ length: 24 }, (_, hour) =>
          submission(`much-${province}-${day}-${hour}`, {
            province,
            occurredAt: new Date(Date.UTC(2026, 2, day, hour - 7)).toISOString(),
          }),
        ),
      ),
    );
  const question = { from: '2026-03-01', to: '2026-03-25', grain: 'hour', split: 'province' };
  const asked = async () => told<QueryAnswer>(as('analyst', `/v1/query?${new URLSearchParams(question)}`));
  await vi.waitFor(async () => expect(JSON.stringify(await asked()).length).toBeGreaterThan(1_000_000), PATIENCE);
  expect(await refused(as('analyst', '/v1/frozen', { question }))).toMatch(/^422 too_much .*cut it less finely/);
});

it('a notebook keeps its pages in order, and is shared as views are', async () => {
  const page = (title: string): NotebookPage => ({ title, text: 'words', question: QUESTION });
  const body = { name: 'Monday', share: { with: 'everybody' }, pages: [page('one'), page('two')] };
  const kept = await told<Kept<Notebook>>(as('analyst', '/v1/notebooks', { body }));
  const { kept: seen } = await told<{ kept: Kept<Notebook>[] }>(as('agency:MOH', '/v1/notebooks'));
  expect(seen).toMatchObject([{ mayEdit: false, body: { pages: [{ title: 'one' }, { title: 'two' }] } }]);
  const path = `/v1/notebooks/${kept.id}`;
  expect(await refused(as('agency:MOH', path, { version: 1, body }))).toMatch(/^403 not_yours/);
  const bad = { ...body, pages: [{ ...page('x'), question: { from: 'never', to: 'day' } }] };
  expect(await refused(as('analyst', path, { version: 1, body: bad }))).toMatch(
    /^400 .*body\.pages\.0\.question\.from/,
  );
});

it('where people have accounts, a visitor keeps nothing, and what is done stands in the audit', async () => {
  const shared = await keep('analyst', view({ name: 'stays', share: { with: 'everybody' } }));
  const administrator = await firstAdministrator(room);
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${room.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: room.url },
      body: JSON.stringify(body),
    });
  expect(await refused(post('/v1/views', { body: view() }))).toMatch(/^401 not_signed_in/);
  expect(await refused(post(at(shared, '/remove'), { version: 1 }))).toMatch(/^401 not_signed_in/);
  // Who administers everything tidies up after those who left.
  await administrator.told(at(shared, '/remove'), { version: 1 });
  const { entries } = await administrator.told<{ entries: { action: string; who: string; before?: unknown }[] }>(
    '/v1/audit?action=saved_view.*',
  );
  expect(entries[0]).toMatchObject({ action: 'saved_view.removed', who: 'person:lan' });
  expect(entries.at(-1)).toMatchObject({ action: 'saved_view.created', who: 'look:analyst' });
});
