/** What the walls showed at an instant of the past, and what has become known of it since. */
import { z } from 'zod';
import { ringingSchema } from './ringing.ts';
import { sceneIdSchema, sceneSchema } from './scenes.ts';
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
  scene: absentOr(sceneIdSchema).meta({ description: 'what its tiles were answered then, too' }),
});

const keptAt = instant.meta({ description: 'when it was kept' });
const until = absentOr(instant).meta({
  description: 'the last instant by then at which the same was told again; absent where that is not known',
});

const signed = z.int();
/** Of what was submitted in the day up to the instant, as it is known now. */
export const sinceReasons = {
  late: signed.meta({ description: 'of the change: of events that the log took after the instant' }),
  corrected: signed.meta({ description: 'of the change: of corrections that the log took after the instant' }),
  replayed: signed.meta({
    description: 'of the change: of what had been refused, and was counted after the instant when it was replayed',
  }),
};
const sinceSchema = z.object({
  submitted: signed.meta({ description: 'as it is known now' }),
  ...sinceReasons,
});
export type SinceShown = z.infer<typeof sinceSchema>;

/** A scene with what its tiles had been answered by then: of this scope alone, and what is absent was not kept. */
const sceneThenSchema = z
  .object({
    id: sceneIdSchema,
    scene: sceneSchema,
    composed: z.enum(['then', 'now']).meta({ description: 'now: it was not there yet' }),
    answers: z.array(
      z.object({
        asked: z.string().meta({ description: 'address and fields of the question' }),
        at: keptAt,
        until,
        answer: z.unknown().meta({ description: 'as that address answers' }),
      }),
    ),
    missing: z.array(z.string()).meta({ description: 'questions of its tiles of whose answers none is kept of then' }),
  })
  .meta({ id: 'SceneThen' });
export type SceneThen = z.infer<typeof sceneThenSchema>;

export const shownSchema = z
  .object({
    /** When the state was computed, at the instant asked for or before. */
    at: instant,
    by: z.enum(['pulse', 'minute']).meta({ description: 'to the second, or as it stood once in its minute' }),
    state: wallStateSchema,
    /** What rang then, as the foot of the wall said it. */
    ringing: absentOr(z.object({ at: keptAt, until, answer: ringingSchema })).meta({
      description: 'absent where it is not kept of then for this scope',
    }),
    since: absentOr(sinceSchema).meta({ description: 'absent where the events of that day are kept no longer' }),
    scene: absentOr(sceneThenSchema).meta({ description: 'where one was asked for that is or was there' }),
    kept: z.object({ from: instant, to: instant }).meta({ description: 'between what what was shown is kept' }),
  })
  .meta({ id: 'Shown' });
export type ShownAnswer = z.infer<typeof shownSchema>;
