/** What of a scene is kept of an instant: as it was composed, with what its tiles had been answered, for one scope alone. */
import { API, FOOT, questionKey, questionOf, questionsOfScene, type SceneThen, type ShownAnswer } from '@room/contract';
import type { AnswerThen, ShownStore } from '@room/warehouse';
import { HttpError } from '../errors.ts';

export interface ScenesThen {
  /** As a scene was composed at an instant, or is now; undefined where it never was. */
  sceneAt(id: string, at: number): Promise<Pick<SceneThen, 'scene' | 'composed'> | undefined>;
}

export interface KeptThen {
  scene?: SceneThen;
  ringing?: NonNullable<ShownAnswer['ringing']>;
}

/** The scene of this id, if any is asked for, and what rang. Whoever sees less or more than was kept is told nothing. */
export async function keptThen(
  { store, scenes }: { store: Pick<ShownStore, 'answersAt'>; scenes: ScenesThen },
  { id, at, scope }: { id: string | undefined; at: number; scope: string },
  signal: AbortSignal,
): Promise<KeptThen> {
  const found = id === undefined ? undefined : await sceneAt(scenes, id, at);
  const asked = found === undefined ? [] : [...questionsOfScene(found.scene).keys()];
  const foot = questionKey(FOOT);
  const answers = (await store.answersAt(at, scope, [...new Set([...asked, foot])], signal)).flatMap(readable);
  const rang = answers.find((each) => each.asked === foot);
  const own = answers.filter((each) => asked.includes(each.asked));
  const there = new Set(own.map((each) => each.asked));
  return {
    ...(id !== undefined && found !== undefined
      ? { scene: { id, ...found, answers: own, missing: asked.filter((key) => !there.has(key)) } }
      : {}),
    ...(rang === undefined
      ? {}
      : {
          ringing: {
            at: rang.at,
            ...(rang.until === undefined ? {} : { until: rang.until }),
            answer: rang.answer as NonNullable<ShownAnswer['ringing']>['answer'],
          },
        }),
  };
}

/** One that was removed since is there still. */
async function sceneAt(scenes: ScenesThen, id: string, at: number): Promise<Pick<SceneThen, 'scene' | 'composed'>> {
  const found = await scenes.sceneAt(id, at);
  if (found !== undefined) return found;
  throw new HttpError(
    404,
    'no_such_scene',
    `there is no scene ${id} and never was one: GET /v1/scenes has those that there are, and without scene the running day is shown`,
  );
}

/** What an earlier version of the room kept may be read by this one no longer: it is as if it were not kept. */
function readable({ question, at, until, body }: AnswerThen): SceneThen['answers'] {
  const path = questionOf(question)?.path;
  const read = path === undefined ? undefined : API[path].answer.safeParse(JSON.parse(body));
  return read?.success === true
    ? [{ asked: question, at, ...(until === undefined ? {} : { until }), answer: read.data }]
    : [];
}
