/** From where on the room speaks up: the same on walls, in alerts and in briefings. Data of the catalogue; no event is decided by it. */
import { z } from 'zod';

const share = z.number().min(0).max(1);
const count = z.int().min(0);
/** Seconds. */
const duration = z.int().positive();

export const thresholdsSchema = z
  .strictObject({
    /** On-time shares below which a unit is to act, and to be watched. */
    onTimeAct: share.default(0.9),
    onTimeWatch: share.default(0.95),
    /** How far above a limit that it was below a share must be before it is let go, or its mark would change with every dossier. */
    onTimeMargin: share.default(0.005),
    /** Finished dossiers under which a share says nothing about an office. */
    finishedEnough: count.default(30),
    /** Dossiers of which, or against which, a percentage says nothing while they are fewer. */
    countEnough: count.default(30),
    /** Days that a usual range must stand on. */
    usualDaysEnough: count.default(5),
    /** How far beyond its usual range a count lies before anybody is told, as a share of the edge that it crossed. */
    beyondUsual: share.default(0.02),
    /** Change against the usual median from which the map takes the stronger colour. */
    farFromUsual: z.number().positive().default(0.2),
    /** Part of `beyondUsual` by which a count must have come back before it is let go. */
    usualMargin: share.default(0.25),
    /** Share of the usual volume that must have been reported, and how far above it where it was not. */
    coverageEnough: share.default(0.9),
    coverageMargin: share.default(0.01),
    /** No number is stale before this age, however short the limits of its sources are. */
    staleAfter: duration.default(60),
    /** Dossiers more or fewer than expected from which an episode is spoken of. */
    unusualNotable: count.default(100),
    /** Probabilities of a target from which it is likely, and under which it is not; and those of the stronger words. */
    likely: share.default(0.8),
    unlikely: share.default(0.2),
    almostCertain: share.default(0.95),
    veryUnlikely: share.default(0.05),
    /** A forecast comes every hour: one that rests on older counts than this is said to be late. */
    forecastsStaleAfter: duration.default(3 * 3_600),
    /** Share of a link's requests that fail from where on it errs. */
    linkErrors: share.default(0.05),
    /** Events on their way below which nothing is said of them: a handful is always on its way, and would blink. */
    pendingNotable: count.default(100),
    /** Finished part of an hour from which its pace can be told. */
    paceAfter: duration.default(600),
  })
  .refine(({ onTimeAct, onTimeWatch }) => onTimeAct <= onTimeWatch, {
    path: ['onTimeAct'],
    message: 'must not be above `onTimeWatch`',
  })
  .refine(
    ({ veryUnlikely, unlikely, likely, almostCertain }) =>
      veryUnlikely <= unlikely && unlikely <= likely && likely <= almostCertain,
    { path: ['likely'], message: '`veryUnlikely`, `unlikely`, `likely` and `almostCertain` must stand in this order' },
  );
export type Thresholds = z.infer<typeof thresholdsSchema>;
