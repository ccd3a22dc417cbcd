/** The instant that an address of this page names, in the room's own time. Pure. */
import { localDay, startOfDay } from '@room/contract';

const DAY_S = 86_400;
const ASKED = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/;

/** `2026-11-19T10:42:07` as milliseconds since 1970 UTC; undefined where it is no such time. */
export function instantIn(text: string | undefined, timeZone: string): number | undefined {
  const found = ASKED.exec(text ?? '');
  if (found === null) return undefined;
  const [, day = '', hour, minute, second = '0'] = found;
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
  if (Number.isNaN(Date.parse(day)) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return undefined;
  return startOfDay(day, timeZone) + seconds * 1_000;
}

/** Whole seconds since the local day began. */
export const secondOf = (at: number, timeZone: string): number =>
  Math.min(DAY_S - 1, Math.floor((at - startOfDay(localDay(at, timeZone), timeZone)) / 1_000));

/** What `instantIn` reads. */
export function instantText(at: number, timeZone: string): string {
  const second = secondOf(at, timeZone);
  const parts = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60];
  return `${localDay(at, timeZone)}T${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}
