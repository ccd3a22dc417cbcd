/** The names by which walls ask for what they show. */
import type { Period } from './wall.ts';

/** A room is the running day, or a fixed period of local days. */
export type RoomName = 'now' | `past:${string}:${string}`;

export const pastRoom = (period: Period): RoomName => `past:${period.from}:${period.to}`;

/** The period of a past room's name, or undefined where it is none. */
export function periodOf(room: string): Period | undefined {
  const match = /^past:(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})$/.exec(room);
  return match?.[1] !== undefined &&
    match[2] !== undefined &&
    match[1] <= match[2] &&
    isDay(match[1]) &&
    isDay(match[2])
    ? { from: match[1], to: match[2] }
    : undefined;
}

/** Whether the calendar has this `YYYY-MM-DD`. */
const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  // The day after the last year has no name of this form.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && day < '9999';
};
