/**
 * When a rule would have rung: what was measured over the past, a look a step, judged and carried on by what the room itself judges
 * and carries on by. A page that has what was measured tries another limit without asking again. Counts are dossiers, shares 0..1,
 * instants milliseconds since 1970 UTC.
 */
import { z } from 'zod';
import { type Instance, isRinging, NORMAL, step, type Timing } from './alert-machine.ts';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import { judge, type Limits } from './judging.ts';
import { type TriedRule, triedRuleSchema } from './rules.ts';
import { absentOr, count, instant, number } from './schema.ts';

export const MOST_BACKTEST_DAYS = 90;

export const backtestAskedSchema = z.strictObject({
  rule: triedRuleSchema,
  days: z.int().min(1).max(MOST_BACKTEST_DAYS).default(MOST_BACKTEST_DAYS).meta({ description: 'up to now' }),
});

const dims = Object.keys(DIMENSIONS) as Dimension[];
const member = { dim: z.enum(['all', ...dims]), code: z.string() };
const values = z.array(number.nullable()).meta({
  description: 'one a step; null where nothing is decided: nothing changes then',
});

const seriesSchema = z
  .object({
    ...member,
    values,
    references: absentOr(values).meta({
      description: 'what the limit is a share of: the edge of the usual range, or what an earlier stretch had',
    }),
    few: absentOr(z.array(count)).meta({
      description: 'steps at which there was too little to tell: what waits to ring begins anew, what rings goes on',
    }),
    unknown: z.array(z.tuple([count, count])).meta({
      description: 'stretches in which nothing was known: the first step, and the one after the last',
    }),
  })
  .meta({ id: 'BacktestSeries' });
/** What was measured of one instance. */
export type BacktestSeries = z.infer<typeof seriesSchema>;

const ringSchema = z
  .object({
    ...member,
    from: instant,
    to: absentOr(instant).meta({ description: 'absent where it would still ring' }),
  })
  .meta({ id: 'BacktestRing' });
export type BacktestRing = z.infer<typeof ringSchema>;

export const backtestSchema = z
  .object({
    /** Of the first step; a look is at the end of each. */
    from: instant,
    step: count.meta({ description: 'milliseconds between two looks, more than between those of the room' }),
    steps: count,
    series: z.array(seriesSchema),
    rings: z.array(ringSchema).meta({ description: 'with the limit of the rule, the latest first' }),
    /** Whether anything of it is made up. */
    simulated: z.boolean(),
    missing: absentOr(z.enum(['not-kept'])).meta({ description: 'why nothing can be said: such numbers are not kept' }),
    ms: number.meta({ description: 'that it took' }),
  })
  .meta({ id: 'Backtest' });
export type Backtest = z.infer<typeof backtestSchema>;

/** Steps at which an alert would have begun and ended; without an end it would still ring. */
export interface Span {
  first: number;
  end?: number;
}

export const timingOf = ({ forSeconds, keepSeconds }: Pick<TriedRule, 'forSeconds' | 'keepSeconds'>): Timing => ({
  forMs: forSeconds * 1_000,
  keepMs: keepSeconds * 1_000,
});

/** When an instance would have rung, in the order of time. */
export function spansOf(
  { values, references, few, unknown }: Pick<BacktestSeries, 'values' | 'references' | 'few' | 'unknown'>,
  stepMs: number,
  limits: Limits,
  timing: Timing,
): Span[] {
  const spans: Span[] = [];
  const tooFew = new Set(few);
  let instance: Instance = NORMAL;
  let open: Span | undefined;
  let gap = 0;
  for (let n = 0; n < values.length; n++) {
    while (n >= (unknown[gap]?.[1] ?? Number.POSITIVE_INFINITY)) gap++;
    const moment = { at: n * stepMs, tick: n * stepMs };
    const value = values[n] ?? undefined;
    const reference = references === undefined ? undefined : (references[n] ?? undefined);
    if (n >= (unknown[gap]?.[0] ?? Number.POSITIVE_INFINITY))
      instance = step(instance, { isKnown: false }, moment, timing);
    else if (value !== undefined)
      instance = step(
        instance,
        judge({ value, ...(reference === undefined ? {} : { reference }) }, limits),
        moment,
        timing,
      );
    else if (tooFew.has(n)) instance = step(instance, { isKnown: false, isFew: true }, moment, timing);
    const rings = isRinging(instance);
    if (rings && open === undefined) {
      open = { first: n };
      spans.push(open);
    } else if (!rings && open !== undefined) {
      open.end = n;
      open = undefined;
    }
  }
  return spans;
}

/** The same of all instances by the calendar, the latest first. */
export function ringsOf(
  { from, step, series }: Pick<Backtest, 'from' | 'step' | 'series'>,
  limits: Limits,
  timing: Timing,
): BacktestRing[] {
  const at = (n: number): number => from + (n + 1) * step;
  return series
    .flatMap((each) =>
      spansOf(each, step, limits, timing).map(({ first, end }) => ({
        dim: each.dim,
        code: each.code,
        from: at(first),
        ...(end === undefined ? {} : { to: at(end) }),
      })),
    )
    .sort((a, b) => b.from - a.from || (a.code < b.code ? -1 : 1));
}
