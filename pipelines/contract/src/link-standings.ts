/**
 * How the links to national databases are doing: what passed over each in some days, and its state now. What nobody reported is
 * absent, never zero. Instants are milliseconds since 1970 UTC, shares 0..1.
 */
import { z } from 'zod';
import { LINK_PARTIES, type Link } from './links.ts';
import { absentOr, askedDay, count, day, instant, number } from './schema.ts';
import { LINK_ERRORS, type LinkError } from './submission.ts';
import type { Thresholds } from './thresholds.ts';

/** What needs attention first. */
export const LINK_STATES = ['silent', 'erring', 'unknown', 'working'] as const;
export type LinkState = (typeof LINK_STATES)[number];
/** Days that are answered at once. */
export const MOST_LINK_DAYS = 92;
/** Points are hours over so many days, and days beyond. */
export const HOURLY_DAYS = 7;

/** The last interval that a link reported. */
export interface LinkLatest extends Readonly<Record<LinkError, number>> {
  start: number;
  end: number;
  requests: number;
  lastSuccessAt?: number;
  simulated: boolean;
}

export const failedOf = (errors: Readonly<Record<LinkError, number>>): number =>
  LINK_ERRORS.reduce((sum, kind) => sum + errors[kind], 0);

/** Share of the last interval's requests that failed; undefined of so few that it says nothing, unless none succeeded. */
export function errorShareOf(latest: LinkLatest, { countEnough }: Pick<Thresholds, 'countEnough'>): number | undefined {
  const failed = failedOf(latest);
  if (latest.requests === 0 || (latest.requests < countEnough && failed < latest.requests)) return undefined;
  return failed / latest.requests;
}

/** By its last report: whoever told nothing is unknown, whoever tells nothing any more silent. */
export function linkStateOf(
  latest: LinkLatest | undefined,
  at: number,
  { silentAfter }: Pick<Link, 'silentAfter'>,
  thresholds: Pick<Thresholds, 'countEnough' | 'linkErrors'>,
): LinkState {
  if (latest === undefined) return 'unknown';
  if (at - latest.end > silentAfter * 1_000) return 'silent';
  return (errorShareOf(latest, thresholds) ?? 0) > thresholds.linkErrors ? 'erring' : 'working';
}

export const linksAskedSchema = z.strictObject({
  from: absentOr(askedDay).meta({ description: 'first local day; six days before the last without it' }),
  to: absentOr(askedDay).meta({ description: 'last one; today without it' }),
});

const errors = z
  .object({ timeout: count, unavailable: count, refused: count, invalid: count } satisfies Record<LinkError, z.ZodType>)
  .meta({ id: 'LinkErrors' });
const standing = {
  id: z.string(),
  /** Ids of the catalogue. */
  database: z.string(),
  dim: z.enum(LINK_PARTIES),
  party: z.string(),
  state: z.enum(LINK_STATES),
  silentAfter: count.meta({ description: 'seconds' }),
  reportedTo: absentOr(instant),
  lastSuccessAt: absentOr(instant),
  /** Of the days that were asked for; absent where nobody reported in them. */
  requests: absentOr(count),
  errors: absentOr(errors),
  share: absentOr(
    z
      .object({ share: number, low: absentOr(number), high: absentOr(number) })
      .meta({ description: 'of the requests that failed; 95 % interval by how it varies from day to day' }),
  ),
  reported: number.meta({ description: 'share of the days, up to now, that was reported' }),
};
export const linkStandingSchema = z.object(standing).meta({ id: 'LinkStanding' });
export type LinkStanding = z.infer<typeof linkStandingSchema>;

export const linkStandingsSchema = z.object({
  at: instant,
  from: day,
  to: day,
  /** What needs attention first. */
  links: z.array(linkStandingSchema),
  simulated: z.boolean(),
});
export type LinkStandings = z.infer<typeof linkStandingsSchema>;

export const linkTrendSchema = z.object({
  ...standing,
  from: day,
  to: day,
  grain: z.enum(['hour', 'day']),
  /** Every hour or day up to now; without counts where nobody reported. An interval counts where it began. */
  points: z.array(
    z.object({
      at: instant,
      requests: absentOr(count),
      failed: absentOr(count),
      isWithin: absentOr(z.literal(true)).meta({ description: 'told of by an interval that began before' }),
    }),
  ),
});
export type LinkTrend = z.infer<typeof linkTrendSchema>;

/** The worst first: by state, then by the share that failed. */
export const byAttention = (
  one: Pick<LinkStanding, 'state' | 'share' | 'id'>,
  other: Pick<LinkStanding, 'state' | 'share' | 'id'>,
): number =>
  LINK_STATES.indexOf(one.state) - LINK_STATES.indexOf(other.state) ||
  (other.share?.share ?? 0) - (one.share?.share ?? 0) ||
  (one.id < other.id ? -1 : 1);
