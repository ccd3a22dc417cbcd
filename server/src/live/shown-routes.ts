/** The wall as it was shown at an instant of the past, and what has become known of that day since. */
import { API, type Catalogue, localDay, project, startOfDay } from '@room/contract';
import type { Retention, ShownStore } from '@room/warehouse';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface ShownRoutesOptions {
  store: Pick<ShownStore, 'at' | 'since' | 'span'>;
  catalogue: Catalogue;
  questions: Questions;
  /** Days that events are kept. */
  submissions: Retention['submissions'];
}

const DAY_MS = 86_400_000;

export function shownRoutes({ store, catalogue, questions, submissions }: ShownRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/shown',
      summary: 'the running day as walls showed it at an instant, and what has become known of it since',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/shown'].query,
      answer: { schema: API['/v1/shown'].answer },
      refuses: { 404: 'nothing is kept of what was shown then' },
      handle: async ({ principal: { scope }, query: { at }, asker }) => {
        const found = await asQuestion(questions, asker, `shown ${at}`, async (signal) => {
          const [shown, kept] = [await store.at(at, signal), await store.span(signal)];
          if (shown === undefined || kept === undefined) return { kept };
          const { computedAt, period } = shown.state;
          const midnight = startOfDay(period.from, catalogue.timeZone);
          const isKept = submissions === undefined || Date.now() - midnight < (submissions - 1) * DAY_MS;
          const since = isKept ? await store.since(midnight, computedAt, signal) : undefined;
          return { kept, shown, since };
        });
        const { shown, kept, since } = found;
        if (shown === undefined || kept === undefined) throw nothingKept(at, kept, catalogue);
        const { state, by } = shown;
        return { at: state.computedAt, by, state: project(state, scope), kept, ...(since && { since }) };
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
