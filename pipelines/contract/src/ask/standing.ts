import { BOUNDARIES, COMPARISONS } from '../query.ts';

/** What stands where a question says nothing: four weeks that are over, held against the four before: as many of each weekday. */
export const STANDING = { from: 'day-28', to: 'day-1', compare: COMPARISONS[1], boundaries: BOUNDARIES[1] } as const;
