import type { Measured, Reading } from '@room/contract';

/** What was found of an instance, or why nothing is known of it: a portal's id, `coverage`, `room`, `forecast`, `earlier`, `link`. */
export type Found = { missing: string } | { measured: Measured; reading: Omit<Reading, 'at'> };
