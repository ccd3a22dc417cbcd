import type { Measured, Reading } from '@room/contract';

/**
 * What was found of an instance, or why nothing is known of it: a portal's id, `coverage`, `room`, `forecast`, `earlier`, `link`; or
 * what there is, where it is too few to tell.
 */
export type Found =
  | { missing: string }
  | { few: Omit<Reading, 'at'> }
  | { measured: Measured; reading: Omit<Reading, 'at'> };
