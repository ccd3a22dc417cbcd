/** Who made the change between two periods: by dimension, what each member gave to it, all of them together the whole change. */
import { z } from 'zod';
import { labelSchema } from './catalogue.ts';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import { EXPLAINED } from './evidence.ts';
import { listOf, periodSchema, querySchema } from './query.ts';
import { absentOr, count, instant, number } from './schema.ts';

const NAMES = Object.keys(DIMENSIONS) as Dimension[];
/** In a status stands what reached it, which is none of the measures. */
const EXPLAINING = NAMES.filter((name) => name !== 'status');

export const explainQuerySchema = querySchema.safeExtend({
  measure: z.enum(EXPLAINED, {
    error:
      'a level, tasks, what passes over links, and points, which end at their most, are no sum of what members gave; of points ask for the shares that they are for',
  }),
  by: listOf(NAMES, NAMES.length)
    .default(EXPLAINING)
    .meta({ description: 'dimensions, each by itself; all that can explain without it' }),
});

export type ExplainQuery = z.output<typeof explainQuerySchema>;

const given = {
  change: number.meta({ description: 'dossiers, or of a share its part 0..1, that it gave to the change' }),
  /** Of a share: by its own share's change, and by the change of its weight among all. Together they are `change`. */
  rate: absentOr(number),
  mix: absentOr(number),
};
const contributionSchema = z
  .object({ code: z.string(), now: absentOr(number), before: absentOr(number), ...given })
  .meta({ id: 'Contribution' });
export type Contribution = z.infer<typeof contributionSchema>;

export const explainedBySchema = z
  .object({
    dimension: z.enum(NAMES),
    /** The largest first, whichever its sign. */
    members: z.array(contributionSchema),
    /** Beyond `top`. */
    others: absentOr(z.object({ members: count, ...given })),
  })
  .meta({ id: 'ExplainedBy' });
export type ExplainedBy = z.infer<typeof explainedBySchema>;

export const explanationSchema = z
  .object({
    measure: z.enum(EXPLAINED),
    definition: labelSchema,
    periods: z.object({ now: periodSchema, before: periodSchema }),
    now: absentOr(number),
    before: absentOr(number),
    /** Absent where a share of nothing is one of the two: then nobody made it. */
    change: absentOr(number),
    by: z.array(explainedBySchema),
    unanswered: absentOr(z.array(z.enum(NAMES))).meta({
      description: 'of which more would have to be read than is at once',
    }),
    simulated: z.boolean(),
    watermark: absentOr(instant),
    answeredAt: instant,
    ms: number,
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanationSchema>;
