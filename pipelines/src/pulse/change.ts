/** What a record of the changes topic tells. An earlier or a later version may have written it. */
import { readChange } from '@room/contract';
import type { Changed } from './day.ts';

export interface Noted {
  /** Local days whose totals changed. */
  days: readonly string[];
  hours: Changed;
  /** Whether levels of what waits were counted. */
  levels?: boolean;
  /** Why it could not be read. */
  unread?: string;
}

const NOTHING: ReadonlySet<number> = new Set();

/** In doubt about hours all may have changed. Throws never. */
export function changeOf(value: Uint8Array): Noted {
  const read = readChange(value);
  if (!read.ok) return { days: [], hours: 'all', unread: read.why };
  const { days, hours, levels } = read.value;
  const told = { days, ...(levels === true ? { levels } : {}) };
  if (hours !== undefined) return { ...told, hours: new Set(hours) };
  return { ...told, hours: days.length === 0 ? NOTHING : 'all' };
}
