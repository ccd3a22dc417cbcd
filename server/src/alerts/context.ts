/** What stands around an alert: the curve of its number before and during it, with what is usual, and who made it. Pure. */
import {
  type Alert,
  type AlertCurve,
  addDays,
  type Catalogue,
  type ConditionKind,
  type CurvePoint,
  type Dimension,
  type DossierMeasure,
  dayTypeOf,
  isLevel,
  localDay,
  type QuestionFields,
  WITH_LEVELS,
  windowOf,
} from '@room/contract';

/** Days before it began that a curve shows, and that tell what is usual. */
const DAYS_SHOWN = 28;
const DAYS_OF_HOURS = 14;
/** Of those days of hours, as many before it began are shown: more is no curve any more. */
const HOURS_SHOWN_OF = 3;
/** Fewer than so many like days, or hours, say nothing of what is usual. */
const LIKE_ENOUGH = 4;
/** Of those, between which shares is usual. */
const USUAL = [0.1, 0.9] as const;
const WEEK = 7;
const MOST_DAYS = 60;

/** What its rule measures; of a ratio its part, and of portals that are silent or late what was submitted. */
export function measureOf({ body: { when } }: Pick<Alert, 'body'>): DossierMeasure {
  if ('measure' in when) return when.measure;
  if ('metric' in when) return when.metric;
  return 'part' in when ? when.part : 'submitted';
}

/** What is said of the moment, and not of a day. */
const MOMENTARY: readonly ConditionKind[] = ['silent', 'coverage', 'freshness'];

/** A stretch of minutes is seen in hours; so is when a portal fell silent. */
const grainOf = ({ body: { when } }: Pick<Alert, 'body'>): AlertCurve['grain'] =>
  MOMENTARY.includes(when.kind) || windowOf(when)?.kind === 'last' ? 'hour' : 'day';

const narrowedTo = ({ dim, code }: Pick<Alert, 'dim' | 'code'>): QuestionFields =>
  dim === 'all' || dim === 'link' ? {} : { [dim]: code };

/** Its days, the last of them today where it goes on. */
function daysOf({ beganAt, endedAt }: Pick<Alert, 'beganAt' | 'endedAt'>, now: number, timeZone: string) {
  const from = localDay(beganAt, timeZone);
  // A clock that was set back ends nothing before it began.
  const last = localDay(Math.max(beganAt, endedAt ?? now), timeZone);
  const [to = from] = [last, addDays(from, MOST_DAYS)].toSorted();
  return { from, to };
}

/** As `/v1/query` and the page of questions take it: the alert's own number, from before it began on. */
export function curveQuestion(alert: Alert, now: number, { timeZone }: Catalogue): QuestionFields {
  const { from, to } = daysOf(alert, now, timeZone);
  const grain = grainOf(alert);
  const before = grain === 'day' ? DAYS_SHOWN : DAYS_OF_HOURS;
  return { measures: measureOf(alert), from: addDays(from, -before), to, grain, ...narrowedTo(alert) };
}

/** The day it began on, beside the same day of the week before: dossiers come by the week. */
export function driversQuestion(alert: Alert, now: number, { timeZone }: Catalogue): QuestionFields {
  const { from } = daysOf(alert, now, timeZone);
  const earlier = addDays(from, -WEEK);
  return { from, to: from, compare: `${earlier}:${earlier}`, ...narrowedTo(alert) };
}

/** By what its number is divided: what it is of divides nothing. Levels are reported by some dimensions only. */
export function dividedBy(alert: Pick<Alert, 'dim' | 'body'>): Dimension[] {
  const of: Readonly<Record<Alert['dim'], readonly Dimension[]>> = {
    all: ['agency', 'province'],
    agency: ['service', 'province'],
    province: ['service', 'agency'],
    service: ['province'],
    source: ['service'],
    link: [],
    channel: ['agency', 'province'],
    status: ['agency', 'province'],
  };
  return of[alert.dim].filter((name) => !isLevel(measureOf(alert)) || WITH_LEVELS.includes(name));
}

/** Whether the limit is of what a point of the curve is of. */
function limitOf({ body: { when }, latest, opened }: Alert, grain: AlertCurve['grain']): number | undefined {
  // Limits of changes, ratios and what is foreseen are of something else.
  if (when.kind !== 'threshold') return undefined;
  const isOfPoint = grain === 'day' || (when.window.kind === 'last' && when.window.minutes === 60);
  return isOfPoint ? (latest.limit ?? opened.limit) : undefined;
}

/** The points of an answer to `curveQuestion`, each with what was usual on like days before the alert, at that hour. */
export function curveOf(
  alert: Alert,
  points: readonly CurvePoint[],
  question: QuestionFields,
  { calendar, timeZone }: Catalogue,
): AlertCurve {
  const measure = measureOf(alert);
  const grain = grainOf(alert);
  const began = localDay(alert.beganAt, timeZone);
  const kindOf = (at: string): string =>
    `${isLevel(measure) ? '' : (dayTypeOf(calendar, at.slice(0, 10)) ?? 'working')} ${at.slice(11)}`;
  const like = new Map<string, number[]>();
  for (const { at, now } of points) {
    const value = now?.[measure];
    if (at.slice(0, 10) >= began || value === undefined) continue;
    like.set(kindOf(at), [...(like.get(kindOf(at)) ?? []), value]);
  }
  const usual = new Map([...like].flatMap(([kind, values]) => usualOf(values).map((range) => [kind, range] as const)));
  const limit = limitOf(alert, grain);
  return {
    question,
    measure,
    grain,
    points: points
      .filter(({ at }) => grain === 'day' || at >= addDays(began, -HOURS_SHOWN_OF))
      .map(({ at, now }) => {
        const value = now?.[measure];
        return { at, ...(value === undefined ? {} : { value }), ...usual.get(kindOf(at)) };
      }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** None, or one range. */
function usualOf(values: readonly number[]): { low: number; high: number }[] {
  if (values.length < LIKE_ENOUGH) return [];
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = USUAL.map((share) => {
    const place = share * (sorted.length - 1);
    const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place % 1);
  });
  return [{ low: low ?? 0, high: high ?? 0 }];
}
