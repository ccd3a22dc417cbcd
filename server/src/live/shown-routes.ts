/** The wall as it was shown at an instant of the past, and what has become known of that day since. */
import {
  API,
  type Catalogue,
  localDay,
  project,
  questionOf,
  questionsOfScene,
  type SceneThen,
  type Scope,
  startOfDay,
} from '@room/contract';
import type { Retention, ShownStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface ShownRoutesOptions {
  store: Pick<ShownStore, 'at' | 'since' | 'span' | 'answersAt'>;
  /** As a scene was composed at an instant, or is now; undefined where it never was. */
  scenes: { sceneAt(id: string, at: number): Promise<Pick<SceneThen, 'scene' | 'composed'> | undefined> };
  catalogue: Catalogue;
  questions: Questions;
  /** Days that events are kept. */
  submissions: Retention['submissions'];
}

type Kept = Awaited<ReturnType<ShownStore['answersAt']>>[number];

const DAY_MS = 86_400_000;

export function shownRoutes({ store, scenes, catalogue, questions, submissions }: ShownRoutesOptions): Route[] {
  /** Of a scope only what was kept for the same one: whoever sees less or more is told nothing. */
  const sceneThen = async (
    id: string,
    at: number,
    scope: Scope,
    signal: AbortSignal,
  ): Promise<SceneThen | undefined> => {
    const found = await scenes.sceneAt(id, at);
    if (found === undefined) return undefined;
    const asked = [...questionsOfScene(found.scene).keys()];
    const answers = (await store.answersAt(at, scope.key, asked, signal)).flatMap(readable);
    const there = new Set(answers.map((each) => each.asked));
    return { id, ...found, answers, missing: asked.filter((key) => !there.has(key)) };
  };
  return [
    route({
      method: 'get',
      path: '/v1/shown',
      summary:
        'the running day, or a scene, as walls showed it at an instant, and what has become known of the day since',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/shown'].query,
      answer: { schema: API['/v1/shown'].answer },
      refuses: { 404: 'nothing is kept of what was shown then' },
      handle: async ({ principal: { scope }, query: { at, scene: id }, asker }) => {
        const key = `shown ${at}${id === undefined ? '' : ` ${id} ${scope.key}`}`;
        const found = await asQuestion(questions, asker, key, async (signal) => {
          const [shown, kept] = [await store.at(at, signal), await store.span(signal)];
          if (shown === undefined || kept === undefined) return { kept };
          const { computedAt, period } = shown.state;
          const midnight = startOfDay(period.from, catalogue.timeZone);
          const isKept = submissions === undefined || Date.now() - midnight < (submissions - 1) * DAY_MS;
          const since = isKept ? await store.since(midnight, computedAt, signal) : undefined;
          const scene = id === undefined ? undefined : await sceneThen(id, at, scope, signal);
          return { kept, shown, since, scene };
        });
        const { shown, kept, since, scene } = found;
        if (shown === undefined || kept === undefined) throw nothingKept(at, kept, catalogue);
        const { state, by } = shown;
        return {
          at: state.computedAt,
          by,
          state: project(state, scope),
          kept,
          ...(since && { since }),
          ...(scene && { scene }),
        };
      },
    }),
  ];
}

/** What an earlier version of the room kept may be read by this one no longer: it is as if it were not kept. */
function readable({ question, at, body }: Kept): SceneThen['answers'] {
  const path = questionOf(question)?.path;
  const read = path === undefined ? undefined : API[path].answer.safeParse(JSON.parse(body));
  return read?.success === true ? [{ asked: question, at, answer: read.data }] : [];
}

/** Says between what something is kept, in the room's own days. */
function nothingKept(at: number, kept: { from: number; to: number } | undefined, { timeZone }: Catalogue): HttpError {
  const day = (instant: number): string => localDay(instant, timeZone);
  const reason =
    kept === undefined
      ? 'nothing is kept yet of what walls showed'
      : at < kept.from || at > kept.to
        ? `what walls showed is kept from ${day(kept.from)} to ${day(kept.to)}`
        : 'no wall showed numbers then: nothing was computed for some minutes';
  return new HttpError(404, 'not_shown', reason, undefined, { numbers: kept === undefined ? {} : { ...kept } });
}
