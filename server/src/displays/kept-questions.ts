/** What is kept of scenes, turn by turn: which questions, for whose numbers, and how many are left out because they are too many. Pure. */
import {
  EVERYTHING,
  FOOT,
  MOST_KEPT_SCOPES,
  questionKey,
  questionsOfScene,
  type Scene,
  type SceneQuestion,
  type StandingOrder,
  type WallGroup,
} from '@room/contract';
import type { Actor } from '../access/principal.ts';

/** Questions of a turn: four a second at most, of which most are told from what walls share. */
export const MOST_QUESTIONS = 240;

export interface KeptQuestion {
  key: string;
  question: SceneQuestion;
  /** Whoever sees what is kept. */
  actor: Actor;
}
export interface KeptTurn {
  questions: KeptQuestion[];
  /** Because there are too many. */
  leftOut: { scopes: number; questions: number };
}

export interface Shows {
  scenes: ReadonlyMap<string, { body: Scene }>;
  walls: ReadonlyMap<string, { id: string; body: WallGroup }>;
  orders: ReadonlyMap<string, StandingOrder>;
  /** Wall displays, by what they may see. */
  screens: readonly Actor[];
}

/** A wall display that sees everything. */
const WHOLE: Actor = { kind: 'screen', id: 'kept', rights: new Set(['view']), grant: 'all', scope: EVERYTHING };

/** Of the whole country all scenes, those that walls show first; of other scopes those of the walls where their screens hang. */
export function keptTurn({ scenes, walls, orders, screens }: Shows, isWhole: (path: string) => boolean): KeptTurn {
  const shownBy = ({ id, body: { turns, jump } }: { id: string; body: WallGroup }): string[] => [
    ...turns.map(({ scene }) => scene),
    ...(jump === undefined ? [] : [jump.scene]),
    ...[orders.get(id)?.show?.scene ?? []].flat(),
  ];
  const all = [...walls.values()];
  const byScope = new Map<string, { actor: Actor; scenes: Set<string> }>();
  for (const actor of screens) {
    if (actor.scope.key === EVERYTHING.key) continue;
    const found = byScope.get(actor.scope.key) ?? { actor, scenes: new Set() };
    for (const wall of all.filter(({ body }) => body.screens.includes(actor.id)))
      for (const scene of shownBy(wall)) found.scenes.add(scene);
    if (found.scenes.size > 0) byScope.set(actor.scope.key, found);
  }
  const scoped = [...byScope.values()].sort((one, other) => (one.actor.scope.key < other.actor.scope.key ? -1 : 1));
  const asked = [
    { actor: WHOLE, scenes: new Set([...all.flatMap(shownBy), ...scenes.keys()]) },
    ...scoped.slice(0, MOST_KEPT_SCOPES),
  ].flatMap(({ actor, scenes: ids }) => {
    const questions = new Map<string, SceneQuestion>([
      [questionKey(FOOT), FOOT],
      ...[...ids].flatMap((id) => [...questionsOfScene(scenes.get(id)?.body ?? { tiles: [] })]),
    ]);
    return [...questions]
      .filter(([, { path }]) => actor.scope.own === undefined || !isWhole(path))
      .map(([key, question]) => ({ key, question, actor }));
  });
  return {
    questions: asked.slice(0, MOST_QUESTIONS),
    leftOut: {
      scopes: Math.max(0, scoped.length - MOST_KEPT_SCOPES),
      questions: Math.max(0, asked.length - MOST_QUESTIONS),
    },
  };
}
