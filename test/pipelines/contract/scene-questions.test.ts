/** What scenes ask: by keys that are the same for the same question, and as the room's routes take it. */
import {
  API,
  FOOT,
  questionKey,
  questionOf,
  questionsOfScene,
  SCENE_PATHS,
  type Scene,
  type ScreenProgram,
  sceneSchema,
} from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shippedScenes } from '../../../server/src/displays/shipped.ts';
import { catalogue } from '../../web/room.ts';

const scenes: ScreenProgram['scenes'] = shippedScenes(catalogue, { hasIndex: true, hasEssential: true });

it('a question has one key, whatever the order of its fields, and the key tells the question', () => {
  const query = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.constantFrom(...SCENE_PATHS), query, (path, fields) => {
      const key = questionKey({ path, query: fields });
      const turned = Object.fromEntries(Object.entries(fields).reverse());
      expect(questionKey({ path, query: turned })).toBe(key);
      expect(questionOf(key)).toEqual({ path, query: fields });
    }),
  );
  expect(questionOf('/v1/people')).toBeUndefined();
});

it('each tile of each scene that a room begins with asks what its route takes', () => {
  // What the foot of each of them asks is kept, too.
  const asked = new Set<string>([FOOT.path]);
  for (const scene of Object.values(scenes))
    for (const [key, { path, query }] of questionsOfScene(scene)) {
      asked.add(path);
      expect(API[path].query.safeParse(query).success, key).toBe(true);
    }
  expect([...asked].sort()).toEqual([...SCENE_PATHS].sort());
});

it('what two tiles ask alike is one question', () => {
  const place = { column: 1, row: 1, width: 6, height: 4 };
  const scene: Scene = sceneSchema.parse({
    name: { vi: 'Một', en: 'One' },
    tiles: [
      { kind: 'unit', by: 'province', id: '01', ...place },
      { kind: 'late-map', ...place, column: 7 },
      { kind: 'on-time', by: 'province', days: 30, ...place, row: 5 },
    ],
  });
  expect([...questionsOfScene(scene).keys()]).toEqual([
    '/v1/wall/on-time?by=province&days=30',
    '/v1/wall/waiting?by=province',
    '/v1/alerts?which=open',
  ]);
});
