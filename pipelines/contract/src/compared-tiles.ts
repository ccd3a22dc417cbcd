/** The tiles of a past scene beside what is known now, as told to whoever asks. Instants are milliseconds since 1970 UTC, shares 0..1. */
import { z } from 'zod';
import { DOSSIER_MEASURES } from './query.ts';
import { sceneIdSchema } from './scenes.ts';
import { absentOr, count, day, instant, number } from './schema.ts';
import { shownAskedSchema, sinceReasons } from './shown.ts';

/** Units that are told of a tile, of those whose number is another by now. */
export const MOST_CHANGED = 5;

/** Why what is known now cannot stand beside what was shown. */
export const INCOMPARABLE = {
  /** What the tile was answered is not kept of then. */
  missing: 'missing',
  /** Its numbers are those of the running day, which are told of the day as a whole. */
  day: 'day',
  /** What was known at an instant, which nothing that comes later changes. */
  ringing: 'ringing',
  audit: 'audit',
  reported: 'reported',
  links: 'links',
  /** It told no number. */
  nothing: 'nothing',
  /** It named nobody, and told of groups alone. */
  unnamed: 'unnamed',
  /** The events of the period are not kept any more, or are more than are summed at once. */
  forgotten: 'forgotten',
  tooMany: 'tooMany',
} as const;
export type Incomparable = keyof typeof INCOMPARABLE;

export const sinceAskedSchema = shownAskedSchema.required({ scene: true });

const measure = z.enum(DOSSIER_MEASURES);
const pair = {
  measure,
  shown: absentOr(number).meta({ description: 'as it was shown; absent where it was not known' }),
  now: absentOr(number).meta({ description: 'as it is known now, of the same period up to the same instant' }),
};
const comparedSchema = z
  .object({
    tile: count.meta({ description: 'its place among the tiles of the scene, from 0' }),
    asked: z.string().meta({ description: 'by which its tile was answered; empty for one that shows the running day' }),
    not: absentOr(z.enum(INCOMPARABLE)).meta({ description: 'why it cannot be compared; then nothing below is there' }),
    until: absentOr(instant).meta({ description: 'the instant up to which both are' }),
    from: absentOr(day),
    to: absentOr(day),
    numbers: absentOr(
      z.array(
        z.object({
          ...pair,
          why: absentOr(z.object(sinceReasons)).meta({
            description: 'of sums and levels; what is left of the change had not been counted yet then',
          }),
        }),
      ),
    ),
    events: absentOr(z.object({ late: count, corrected: count, replayed: count })).meta({
      description: 'that the log took after the instant, of that period up to it, which add to a number',
    }),
    units: absentOr(z.array(z.object({ id: z.string(), ...pair }))).meta({
      description: `at most ${MOST_CHANGED}, those that changed most first`,
    }),
    changed: absentOr(count).meta({ description: 'units whose number is another' }),
  })
  .meta({ id: 'ComparedTile' });
export type ComparedTile = z.infer<typeof comparedSchema>;

export const sceneSinceSchema = z
  .object({ scene: sceneIdSchema, at: instant, tiles: z.array(comparedSchema) })
  .meta({ id: 'SceneSince' });
export type SceneSince = z.infer<typeof sceneSinceSchema>;
