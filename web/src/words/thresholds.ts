/** From where on the wall speaks up. */
export const ON_TIME_TARGET = 0.95;
export const ON_TIME_ACT = 0.9;
/** Finished dossiers under which a share says nothing about an office. */
export const FINISHED_ENOUGH = 30;
/** Days that a usual range must stand on. */
export const DAYS_ENOUGH = 5;
export const COVERAGE_ENOUGH = 0.9;
/** No number is stale before this age, however short the limits of its sources are. */
export const STALE_AFTER = 60_000;
/** Dossiers more or fewer than expected from which the wall speaks of an episode. */
export const UNUSUAL_NOTABLE = 100;
/** Probability of a target from which it is likely, and under which it is not. */
export const LIKELY = 0.8;
export const UNLIKELY = 0.2;
export const ALMOST_CERTAIN = 0.95;
export const VERY_UNLIKELY = 0.05;
/** A forecast comes every hour: one that rests on older counts than this is said to be late. */
export const FORESIGHT_STALE_AFTER = 3 * 3_600_000;
/** Change against the median from which the map takes the stronger colour. */
export const FAR = 0.2;
/** Events on their way below which the footer keeps quiet: a handful is always on its way, and would blink. */
export const PENDING_NOTABLE = 100;
/** Finished part of an hour from which its pace can be told. */
export const PACE_AFTER = 10 * 60;
