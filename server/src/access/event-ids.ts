/**
 * Ids of events name dossiers in a portal's own books: those who answer for a unit, or operate the room, need them to look a dossier
 * up; whoever analyses numbers needs to tell one event from another.
 */
import type { Actor } from './principal.ts';

const SHOWN = 4;

/** Never more than half of it. */
export const shortened = (id: string): string => {
  const characters = [...id];
  return `•••${characters.slice(characters.length - Math.min(SHOWN, Math.floor(characters.length / 2))).join('')}`;
};

/** How an event's id is shown to somebody, within whose scope the event is. */
export const eventIdFor = ({ rights }: Pick<Actor, 'rights'>): ((id: string) => string) =>
  rights.has('operate') || rights.has('answer') ? (id) => id : shortened;
