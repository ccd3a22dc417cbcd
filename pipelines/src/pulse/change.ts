/** What a record of the changes topic tells. An earlier or a later version may have written it. */
import type { Changed } from './day.ts';

export interface Noted {
  /** Local days whose totals changed. */
  days: readonly string[];
  hours: Changed;
}

const NOTHING: ReadonlySet<number> = new Set();

/** In doubt about hours all may have changed. Throws never. */
export function changeOf(value: Uint8Array): Noted {
  let told: { days?: unknown; hours?: unknown };
  try {
    told = JSON.parse(Buffer.from(value).toString()) as typeof told;
  } catch {
    return { days: [], hours: 'all' };
  }
  const { days, hours } = told ?? {};
  if (!isListOf<string>(days, (day) => typeof day === 'string')) return { days: [], hours: 'all' };
  if (isListOf<number>(hours, Number.isSafeInteger)) return { days, hours: new Set(hours) };
  return { days, hours: days.length === 0 ? NOTHING : 'all' };
}

const isListOf = <T>(value: unknown, is: (item: unknown) => boolean): value is T[] =>
  Array.isArray(value) && value.every(is);
