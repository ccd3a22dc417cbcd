/** What rings in short, for walls: how bad, what is not known, and who answered. */
import { z } from 'zod';
import { SEVERITIES } from './rules.ts';
import { absentOr, count, instant } from './schema.ts';

export const ringingSchema = z
  .object({
    /** When the rules were looked at last; absent while nobody does. */
    evaluatedAt: absentOr(instant),
    severity: absentOr(z.enum(SEVERITIES)).meta({ description: 'the highest that fires' }),
    firing: count.meta({ description: 'alerts of that severity' }),
    unknown: count.meta({ description: 'alerts whose data stopped' }),
    answered: z.array(z.string()).meta({ description: 'agencies that answered all of theirs that are open' }),
    unanswered: z.array(z.string()).meta({ description: 'agencies that have one to answer' }),
  })
  .meta({ id: 'Ringing' });
export type Ringing = z.infer<typeof ringingSchema>;
