/** Answers of scenes are kept as they were told, and the one is found that stood at an instant. */

import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { API, EVERYTHING, type Scene, scopeOf } from '@room/contract';
import { type KeptAnswer, SHOWN_AGAIN_MS, ShownStore } from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Actor } from '../../../server/src/access/principal.ts';
import { type Route, route } from '../../../server/src/api/route.ts';
import { Recorder, type RecorderObserver } from '../../../server/src/displays/recorder.ts';
import { HttpError } from '../../../server/src/errors.ts';
import { openStores, type Stores } from '../../pipelines/forecasting/warehouse.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);

let stores: Stores;
let store: ShownStore;
beforeAll(async () => {
  stores = await openStores(catalogue);
  store = new ShownStore(stores.access);
});
afterAll(() => stores[Symbol.asyncDispose]());
beforeEach(() => stores.access.command('TRUNCATE TABLE shown_answer'));

const MINUTE = 60_000;
const PATIENCE = { timeout: 30_000, interval: 20 };

it('of answers kept at any instants the newest of then is found: of this question, this scope, and not too old', async () => {
  const start = Date.now() - 3 * 3_600_000;
  const answer = fc.record({
    question: fc.constantFrom('/v1/links', '/v1/wall/tasks', "/v1/x?y='"),
    scope: fc.constantFrom('all', 'agency:MPS province:'),
    at: fc.nat(60).map((minute) => start + minute * MINUTE),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { maxLength: 40 }), fc.nat(75), async (told, minute) => {
      await stores.access.command('TRUNCATE TABLE shown_answer');
      const kept: KeptAnswer[] = told.map((each) => ({ ...each, body: JSON.stringify(each) }));
      // In two parts of which the second says much of the first again, as two processes would.
      await store.writeAnswers(kept);
      await store.writeAnswers(kept.slice(kept.length / 2));
      const at = start + minute * MINUTE;
      const asked = ['/v1/links', "/v1/x?y='", '/v1/unknown'];
      const found = await store.answersAt(at, 'all', asked);
      const expected = asked.flatMap((question) => {
        const [newest] = kept
          .filter((each) => each.question === question && each.scope === 'all' && each.at <= at)
          .sort((one, other) => other.at - one.at);
        return newest === undefined || newest.at <= at - SHOWN_AGAIN_MS - 2 * MINUTE ? [] : [newest.body];
      });
      expect(found.map(({ body }) => body).sort()).toEqual(expected.sort());
    }),
    { numRuns: 25 },
  );
});

const WHOLE = { column: 1, row: 1, width: 6, height: 8 } as const;
const SCENE: Scene = {
  name: { vi: 'a', en: 'a' },
  tiles: [
    { kind: 'alerts', ...WHOLE },
    { kind: 'leaders', by: 'province', measure: 'shareOnTime', ...WHOLE, column: 7 },
  ],
};
const RINGING = '/v1/alerts?which=open';
const FOOT = '/v1/ringing';
const QUIET = { firing: 0, unknown: 0, answered: [], unanswered: [] };
const LEADERS = '/v1/wall/leaders?by=province&measure=shareOnTime';
const scoped: Actor = {
  kind: 'screen',
  id: 'one',
  rights: new Set(['view']),
  grant: { agencies: ['MPS'], provinces: [] },
  scope: scopeOf({ agencies: ['MPS'], provinces: [] }, catalogue),
};
const wall = {
  id: 'hall',
  body: {
    name: 'hall',
    screens: ['one'],
    turns: [{ scene: 'own', seconds: 30, when: 'always' as const }],
    day: { from: 6, to: 20 },
    scale: 1,
  },
};
const shows = async () => ({
  scenes: new Map([['own', { body: SCENE }]]),
  walls: new Map([['hall', wall]]),
  orders: new Map(),
  screens: [scoped],
});

/** Rows as those of the room, whose answers a test has in its hand. */
function rowsOf(ringing: (scope: string) => string[], leaders: () => object): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/alerts',
      summary: 'what rings',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/alerts'].query,
      answer: { schema: API['/v1/alerts'].answer },
      handle: ({ principal }) => ({ alerts: ringing(principal.scope.key) }) as never,
    }),
    route({
      method: 'get',
      path: '/v1/ringing',
      summary: 'what rings, in short',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/ringing'].query,
      answer: { schema: API['/v1/ringing'].answer },
      handle: () => QUIET as never,
    }),
    route({
      method: 'get',
      path: '/v1/wall/leaders',
      summary: 'who leads',
      right: 'view',
      isWhole: true,
      isOnWalls: true,
      query: API['/v1/wall/leaders'].query,
      answer: { schema: API['/v1/wall/leaders'].answer },
      handle: () => leaders() as never,
    }),
  ] as never;
}

type Turn = Parameters<RecorderObserver['turned']>[0];
function running(rows: () => readonly Route[] | undefined, into: Pick<ShownStore, 'writeAnswers'> = store) {
  const turns: Turn[] = [];
  const said: string[] = [];
  const recorder = new Recorder({
    store: into,
    rows,
    shows,
    observer: { turned: (turn) => void turns.push(turn) },
    report: (_level, message) => void said.push(message),
    everyMs: 100,
  });
  recorder.start();
  const turned = async (): Promise<void> => {
    const before = turns.length;
    // The one under way may have asked before.
    await vi.waitFor(() => expect(turns.length).toBeGreaterThan(before + 1), PATIENCE);
  };
  return { turns, said, turned, [Symbol.asyncDispose]: () => recorder.stop() };
}
const keptOf = async (question: string, scope = EVERYTHING.key) => {
  const rows = await stores.access.readBound<{ body: string }>(
    'SELECT body FROM shown_answer WHERE question = {question:String} AND scope = {scope:String} ORDER BY at',
    { question, scope },
  );
  return rows.map(({ body }) => JSON.parse(body) as unknown);
};

it('what changes is kept once for each change and scope; what ranks units only for whoever sees them all', async () => {
  let ringing = ['a'];
  const rows = rowsOf(
    (scope) => (scope === 'all' ? ringing : []),
    () => ({ led: 1 }),
  );
  await using recorder = running(() => rows);
  await recorder.turned();
  const first = Date.now();
  // Instants are told apart by the millisecond.
  await sleep(5);
  ringing = ['a', 'b'];
  await recorder.turned();
  ringing = [];
  await recorder.turned();
  expect(await keptOf(RINGING)).toEqual([{ alerts: ['a'] }, { alerts: ['a', 'b'] }, { alerts: [] }]);
  expect(await keptOf(RINGING, scoped.scope.key)).toEqual([{ alerts: [] }]);
  expect(await keptOf(LEADERS)).toEqual([{ led: 1 }]);
  expect(await keptOf(LEADERS, scoped.scope.key)).toEqual([]);
  const [then] = await store.answersAt(first, 'all', [RINGING]);
  expect(JSON.parse(then?.body ?? '')).toEqual({ alerts: ['a'] });
  expect(await keptOf(FOOT)).toEqual([QUIET]);
  // Of the foot one for each scope besides.
  expect(recorder.turns.reduce((sum, { kept }) => sum + kept, 0)).toBe(7);
});

it('a question that fails takes nothing from the others, is said once, and is kept when it is answered again', async () => {
  let isAway = true;
  const rows = rowsOf(
    () => ['a'],
    () => {
      if (isAway) throw new HttpError(503, 'warehouse', 'the warehouse did not answer');
      return { led: 2 };
    },
  );
  await using recorder = running(() => rows);
  await recorder.turned();
  await recorder.turned();
  expect(recorder.said).toEqual([
    `of what scenes show something is not kept: 1 of 5 answers, as ${LEADERS}: the warehouse did not answer`,
  ]);
  expect(recorder.turns[0]).toMatchObject({ kept: 4, failed: 1 });
  expect(await keptOf(LEADERS)).toEqual([]);
  isAway = false;
  await recorder.turned();
  expect(await keptOf(LEADERS)).toEqual([{ led: 2 }]);
});

it('what could not be written is written in a later turn; before there is a table of routes nothing is asked', async () => {
  let isFull = true;
  let table: readonly Route[] | undefined;
  const rows = rowsOf(
    () => ['a'],
    () => ({ led: 1 }),
  );
  await using recorder = running(() => table, {
    writeAnswers: (answers) => (isFull ? Promise.reject(new Error('no space')) : store.writeAnswers(answers)),
  });
  await sleep(250);
  expect(recorder.turns).toEqual([]);
  table = rows;
  await vi.waitFor(
    () => expect(recorder.said).toEqual(['of what scenes show something is not kept: no space']),
    PATIENCE,
  );
  isFull = false;
  await recorder.turned();
  expect(await keptOf(RINGING)).toEqual([{ alerts: ['a'] }]);
});

it('an answer that stays the same is known to be so until it was asked last, one that failed or changed is not', async () => {
  let isAway = false;
  let ringing = ['a'];
  const rows = rowsOf(
    () => ringing,
    () => {
      if (isAway) throw new HttpError(503, 'warehouse', 'the warehouse did not answer');
      return { led: 1 };
    },
  );
  await using recorder = running(() => rows);
  const then = async () =>
    new Map((await store.answersAt(Date.now(), 'all', [RINGING, LEADERS])).map((each) => [each.question, each]));
  await recorder.turned();
  const kept = (await then()).get(LEADERS)?.at ?? 0;
  await recorder.turned();
  await recorder.turned();
  const before = (await then()).get(LEADERS);
  // Written once, and asked again since.
  expect(before?.at).toBe(kept);
  expect(before?.until).toBeGreaterThan(kept);
  expect(before?.until).toBeLessThanOrEqual(Date.now());
  // At an instant before it was asked again nobody knew that.
  expect((await store.answersAt(kept, 'all', [LEADERS]))[0]).not.toHaveProperty('until');

  isAway = true;
  ringing = ['a', 'b'];
  // The turn under way may have asked before.
  await recorder.turned();
  const [failed] = [(await then()).get(LEADERS)];
  const changed = (await then()).get(RINGING);
  expect(JSON.parse(changed?.body ?? '')).toEqual({ alerts: ['a', 'b'] });
  await recorder.turned();
  await recorder.turned();
  // It is not told to be true for as long as nobody could ask; what is asked goes on.
  expect((await then()).get(LEADERS)?.until).toBe(failed?.until);
  expect((await then()).get(RINGING)?.until).toBeGreaterThan(changed?.at ?? Number.POSITIVE_INFINITY);
});
