/** What is kept of scenes in a turn: nothing without a bound, and what is left out is known. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { MOST_KEPT_SCOPES, type Scene, scopeOf, type WallGroup } from '@room/contract';
import { expect, it } from 'vitest';
import type { Actor } from '../../../server/src/access/principal.ts';
import { keptTurn, MOST_QUESTIONS, type Shows } from '../../../server/src/displays/kept-questions.ts';
import { shippedScenes } from '../../../server/src/displays/shipped.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);

const isWhole = (path: string): boolean => path === '/v1/wall/leaders';
const name = { vi: 'a', en: 'a' };
const place = { column: 1, row: 1, width: 12, height: 8 } as const;

const screen = (id: string, grant: Actor['grant']): Actor => ({
  kind: 'screen',
  id,
  rights: new Set(['view']),
  grant,
  scope: scopeOf(grant, catalogue),
});
const ministry = (id: string) => ({ agencies: [id], provinces: [] });
const wall = (id: string, screens: string[], scenes: string[]): { id: string; body: WallGroup } => ({
  id,
  body: {
    name: id,
    screens,
    turns: scenes.map((scene) => ({ scene, seconds: 30, when: 'always' })),
    day: { from: 6, to: 20 },
    scale: 1,
  },
});
const showing = (scenes: Record<string, Scene>, walls: ReturnType<typeof wall>[], screens: Actor[]): Shows => ({
  scenes: new Map(Object.entries(scenes).map(([id, body]) => [id, { body }])),
  walls: new Map(walls.map((each) => [each.id, each])),
  orders: new Map(),
  screens,
});
const shipped = shippedScenes(catalogue, { hasIndex: true, hasEssential: true });
const [first = '', second = ''] = catalogue.agencies.map(({ id }) => id);

it('of the whole country every scene, of a screen’s own scope those of its wall, each question once', () => {
  const { questions, leftOut } = keptTurn(
    showing(
      shipped,
      [wall('hall', ['one', 'two', 'all'], ['waiting', 'leaders', 'focus'])],
      [
        screen('one', ministry(first)),
        screen('two', ministry(first)),
        screen('all', 'all'),
        // It hangs in no wall.
        screen('alone', ministry(second)),
      ],
    ),
    isWhole,
  );
  const asked = questions.map(({ key, actor }) => `${actor.scope.key} ${key}`);
  expect(new Set(asked).size).toBe(asked.length);
  expect(questions.filter(({ actor }) => actor.scope.key === 'all').map(({ key }) => key)).toContain(
    '/v1/wall/leaders?by=province&measure=shareOnTime',
  );
  const own = questions.filter(({ actor }) => actor.scope.key !== 'all');
  expect(own.map(({ key }) => key)).toEqual([
    // Of the foot of each wall.
    '/v1/ringing',
    '/v1/wall/waiting?by=agency',
    '/v1/wall/waiting?by=province',
    '/v1/wall/on-time?by=agency&days=30',
    '/v1/alerts?which=open',
  ]);
  expect(new Set(own.map(({ actor }) => actor.scope.key))).toEqual(new Set([scopeOf(ministry(first), catalogue).key]));
  expect(leftOut).toEqual({ scopes: 0, questions: 0 });
});

it('a scene that somebody orders is kept for its wall, one that nobody shows for the whole country', () => {
  const shows = showing(shipped, [wall('hall', ['one'], ['tasks'])], [screen('one', ministry(first))]);
  const ordered: Shows = {
    ...shows,
    orders: new Map([['hall', { show: { scene: 'databases', isHold: false, from: 0 } }]]),
  };
  const own = keptTurn(ordered, isWhole).questions.filter(({ actor }) => actor.scope.key !== 'all');
  expect(own.map(({ key }) => key)).toEqual(['/v1/ringing', '/v1/wall/tasks', '/v1/links']);
});

it('of more scopes than are kept those left out are counted, and always the same', () => {
  const many = catalogue.provinces.slice(0, MOST_KEPT_SCOPES + 7).map(({ id }) => ({ agencies: [], provinces: [id] }));
  expect(many.length).toBe(MOST_KEPT_SCOPES + 7);
  const screens = many.map((grant, n) => screen(`s${n}`, grant));
  const ids = screens.map(({ id }) => id);
  const turn = (of: Actor[]) => keptTurn(showing(shipped, [wall('hall', ids, ['alerts'])], of), isWhole);
  const { questions, leftOut } = turn(screens);
  const scopes = [...new Set(questions.map(({ actor }) => actor.scope.key))];
  expect(leftOut).toEqual({ scopes: 7, questions: 0 });
  expect(scopes.length).toBe(MOST_KEPT_SCOPES + 1);
  expect(scopes[0]).toBe('all');
  expect([...new Set(turn(screens.toReversed()).questions.map(({ actor }) => actor.scope.key))]).toEqual(scopes);
});

it('of more questions than a turn has those of walls come first, and the rest is counted', () => {
  const scenes: Record<string, Scene> = {};
  for (let days = 7; days <= 90; days++)
    for (const by of ['agency', 'province', 'service'] as const)
      scenes[`${by}-${days}`] = { name, tiles: [{ kind: 'on-time', by, days, ...place }] };
  scenes['shown'] = { name, tiles: [{ kind: 'tasks', ...place }] };
  const { questions, leftOut } = keptTurn(showing(scenes, [wall('hall', [], ['shown'])], []), isWhole);
  expect(questions.length).toBe(MOST_QUESTIONS);
  expect(leftOut.questions).toBe(84 * 3 + 2 - MOST_QUESTIONS);
  expect(questions.slice(0, 2).map(({ key }) => key)).toEqual(['/v1/ringing', '/v1/wall/tasks']);
});
