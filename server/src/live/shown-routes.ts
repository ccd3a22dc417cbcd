/** The wall as it was shown at an instant of the past, and what has become known of it since. */
import {
  API,
  addDays,
  askedAgain,
  type Catalogue,
  isLevel,
  LEVEL_REACH_DAYS,
  localDay,
  project,
  type SceneSince,
  type Scope,
  type SinceQuestion,
  startOfDay,
} from '@room/contract';
import { BadQuery, type Retention, type ShownStore, type SinceStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { type Asker, asQuestion, type Questions, SHARED_MS } from '../questions.ts';
import { compared, type KnownOr } from './compared.ts';
import { keptThen, type ScenesThen } from './scene-then.ts';

export interface ShownRoutesOptions {
  store: Pick<ShownStore, 'at' | 'since' | 'span' | 'answersAt'>;
  known: Pick<SinceStore, 'known'>;
  scenes: ScenesThen;
  catalogue: Catalogue;
  /** By which services of these ids are counted. */
  codesOf: (ids: readonly string[]) => readonly string[];
  questions: Questions;
  /** Days that events, and reports of what waits, are kept. */
  keeps: Pick<Retention, 'submissions' | 'backlog'>;
}

const DAY_MS = 86_400_000;
const NO_SCENE = 'there never was a scene of this id';

export function shownRoutes(options: ShownRoutesOptions): Route[] {
  const { store, known, catalogue, codesOf, questions, keeps } = options;
  const isKept = (day: string, days: number | undefined): boolean =>
    days === undefined || Date.now() - startOfDay(day, catalogue.timeZone) < (days - 1) * DAY_MS;
  const knownNow = async (
    question: SinceQuestion,
    until: number,
    { key, scope, asker }: { key: string; scope: Scope; asker: Asker },
  ): Promise<KnownOr> => {
    const isThere = question.measures.some(isLevel)
      ? isKept(addDays(question.from, -LEVEL_REACH_DAYS), keeps.backlog)
      : isKept(question.from, keeps.submissions);
    if (!isThere) return 'forgotten';
    const read = (signal: AbortSignal): Promise<KnownOr> =>
      known.known(question, until, scope, signal).catch((error: unknown) => {
        if (error instanceof BadQuery && error.code === 'too_much') return 'tooMany' as const;
        throw error;
      });
    return asQuestion(questions, asker, key, read, SHARED_MS);
  };
  const nothing = (at: number, kept: { from: number; to: number } | undefined): HttpError =>
    nothingKept(at, kept, catalogue);
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
      refuses: { 404: `nothing is kept of what was shown then, or ${NO_SCENE}` },
      handle: async ({ principal: { scope }, query: { at, scene: id }, asker }) => {
        const key = `shown ${at} ${id ?? ''} ${scope.key}`;
        const found = await asQuestion(questions, asker, key, async (signal) => {
          const then = await keptThen(options, { id, at, scope: scope.key }, signal);
          // The span first: whatever is kept up to its end stands among the states by then.
          const [kept, shown] = [await store.span(signal), await store.at(at, signal)];
          if (shown === undefined || kept === undefined) throw nothing(at, kept);
          const { computedAt, period } = shown.state;
          const since = isKept(period.from, keeps.submissions)
            ? await store.since(startOfDay(period.from, catalogue.timeZone), computedAt, signal)
            : undefined;
          return { kept, shown, since, then };
        });
        const { kept, since, then } = found;
        const { state, by } = found.shown;
        return {
          at: state.computedAt,
          by,
          state: project(state, scope),
          kept,
          ...(since && { since }),
          ...then,
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/shown/since',
      summary:
        'tile by tile of a scene as it was shown at an instant: its numbers then, what is known now of the same period up to the same instant, and why they differ',
      right: 'view',
      query: API['/v1/shown/since'].query,
      answer: { schema: API['/v1/shown/since'].answer },
      refuses: { 404: NO_SCENE },
      handle: async ({ principal: { scope }, query: { at, scene: id }, asker }): Promise<SceneSince> => {
        const { scene, state } = await asQuestion(
          questions,
          asker,
          `shown scene ${at} ${id} ${scope.key}`,
          async (signal) => {
            const then = await keptThen(options, { id, at, scope: scope.key }, signal);
            return { ...then, state: scope.own === undefined ? (await store.at(at, signal))?.state : undefined };
          },
        );
        const answers = new Map((scene?.answers ?? []).map((answer) => [answer.asked, answer]));
        const read = new Map<string, Promise<KnownOr>>();
        const knownOf = ({ question, until }: { question: SinceQuestion; until: number }): Promise<KnownOr> => {
          const key = `since ${until} ${scope.key} ${JSON.stringify(question)}`;
          const again = read.get(key) ?? knownNow(question, until, { key, scope, asker });
          read.set(key, again);
          return again;
        };
        const tiles: SceneSince['tiles'] = [];
        for (const [tile, of] of (scene?.scene.tiles ?? []).entries())
          for (const { asked, until, is } of askedAgain(of, answers, at, codesOf, state)) {
            if (typeof is === 'string') tiles.push({ tile, asked, not: is });
            else {
              const now = await knownOf({ question: is.question, until });
              const isWhole = scope.own === undefined;
              tiles.push({ tile, asked, ...compared({ ...is, until, now, isWhole }, catalogue.scoring) });
            }
          }
        return { scene: id, at, tiles };
      },
    }),
  ];
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
