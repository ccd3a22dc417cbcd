/** How a wall display is let in: what it is told, and the code that people read on it. */

/** What a display is told of itself: that it is paired, or the code to show and for how many milliseconds. */
export type Pairing = { isPaired: true } | { isPaired: false; code: string; expiresInMs: number };

/** What nobody takes for another across a room: of 0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B one at most, neither U nor V beside Y; and no vowels, that make words. */
export const PAIRING_ALPHABET = 'CDFHJKMNPRTWXY3479';
export const PAIRING_CODE_LENGTH = 6;

/** A code as somebody types it: small letters, spaces and hyphens are no matter. */
export const pairingCodeOf = (typed: string): string => typed.toUpperCase().replace(/[\s-]/g, '');

/** In two halves, as it is shown and read out. */
export const shownCode = (code: string): string =>
  `${code.slice(0, PAIRING_CODE_LENGTH / 2)} ${code.slice(PAIRING_CODE_LENGTH / 2)}`;
