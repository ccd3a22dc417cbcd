/**
 * How the links to national databases are doing: what passed over each in some days, and its state now. What nobody reported is
 * absent, never zero. Instants are milliseconds since 1970 UTC, shares 0..1.
 */
import { z } from 'zod';
import { LINK_STATES } from './link-states.ts';
import { LINK_PARTIES, type LinkError } from './links.ts';
import { absentOr, askedDay, count, day, instant, number } from './schema.ts';

/** Days that are answered at once. */
export const MOST_LINK_DAYS = 92;
/** Points are hours over so many days, and days beyond. */
export const HOURLY_DAYS = 7;

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
  judged: absentOr(z.object({ from: instant, to: instant, requests: count, failed: count })).meta({
    description:
      'by what its state is told: its reports that reach into the last hour before `reportedTo`, each as a whole',
  }),
  /** Of the days that were asked for; absent where nobody reported in them. */
  requests: absentOr(count),
  errors: absentOr(errors),
  share: absentOr(
    z
      .object({ share: number, low: absentOr(number), high: absentOr(number) })
      .meta({ description: 'of the requests that failed; 95 % interval by how it varies from day to day' }),
  ),
  reported: number.meta({ description: 'share of the days, up to now, that was reported' }),
  replaced: count.meta({ description: 'reports of the days that are not counted: a later one told of the same time' }),
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
