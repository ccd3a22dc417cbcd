/** Picking points of a curve by hand or by keyboard: a part of it to narrow the time to, or one to ask the evidence of. */
import type { Period } from '@room/contract';

/** Indices of points; where both are the same one point is meant. */
export interface Picked {
  from: number;
  to: number;
}

/** What a key does to what is picked: a step, to the ends, or further with shift held. Undefined where the key does nothing. Pure. */
export function steppedBy(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  picked: Picked | undefined,
  count: number,
): Picked | undefined {
  const last = count - 1;
  // What is not over stands at the end: whoever begins, begins there.
  const at = picked?.to ?? last + (key === 'ArrowLeft' ? 1 : 0);
  const goals: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
  const goal = goals[key];
  if (goal === undefined || last < 0) return undefined;
  const to = Math.min(last, Math.max(0, goal));
  return { from: shiftKey ? (picked?.from ?? to) : to, to };
}

const firstDay = (at: string): string => (at.length === 7 ? `${at}-01` : at.slice(0, 10));
const lastDay = (at: string): string => {
  if (at.length > 7) return at.slice(0, 10);
  const [year = 0, month = 0] = at.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
};

/** Local days of the points that are picked, whichever end came first. Pure. */
export function daysPicked({ from, to }: Picked, points: readonly { at: string }[]): Period {
  const [first = 0, last = 0] = [from, to].sort((a, b) => a - b);
  return { from: firstDay(points[first]?.at ?? ''), to: lastDay(points[last]?.at ?? '') };
}
