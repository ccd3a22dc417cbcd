/** What the walls showed at an instant of the past, and what has become known of it since. */
import { z } from 'zod';
import { absentOr, instant } from './schema.ts';
import { wallStateSchema } from './wall.ts';

/** What the warehouse can name ends there. */
const LAST_INSTANT = Date.UTC(2200, 0);

export const shownAskedSchema = z.strictObject({
  at: z
    .string()
    .regex(/^\d{1,15}$/, 'must be whole milliseconds since 1970 UTC')
    .transform(Number)
    .pipe(z.number().max(LAST_INSTANT))
    .meta({ description: 'the instant, milliseconds since 1970 UTC' }),
});

const signed = z.int();
/** Of what was submitted in the day up to the instant, as it is known now. */
const sinceSchema = z.object({
  submitted: signed.meta({ description: 'as it is known now' }),
  late: signed.meta({ description: 'of the change: of events that the log took after the instant' }),
  corrected: signed.meta({ description: 'of the change: of corrections that the log took after the instant' }),
});
export type SinceShown = z.infer<typeof sinceSchema>;

export const shownSchema = z
  .object({
    /** When the state was computed, at the instant asked for or before. */
    at: instant,
    by: z.enum(['pulse', 'minute']).meta({ description: 'to the second, or as it stood once in its minute' }),
    state: wallStateSchema,
    since: absentOr(sinceSchema).meta({ description: 'absent where the events of that day are kept no longer' }),
    kept: z.object({ from: instant, to: instant }).meta({ description: 'between what what was shown is kept' }),
  })
  .meta({ id: 'Shown' });
export type ShownAnswer = z.infer<typeof shownSchema>;
