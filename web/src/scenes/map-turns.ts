/** What the map of the running day shows in turn, by the room's clock, so that all screens of a wall turn together. */
export type MapSubject = 'volume' | 'late-map' | 'waiting-map';

const TURNS: readonly MapSubject[] = ['volume', 'late-map', 'waiting-map'];
export const TURN_MS = 20_000;
/** Whoever opens a wall sees where the day stands before anything turns. */
export const FIRST_MS = 60_000;

export const subjectAt = (now: number, since: number): MapSubject =>
  now - since < FIRST_MS ? 'volume' : (TURNS[Math.floor(now / TURN_MS) % TURNS.length] ?? 'volume');
