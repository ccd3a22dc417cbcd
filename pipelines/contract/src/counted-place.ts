/**
 * Where an event counts: what a correction that takes away must have in common with what was counted. Of its time the local day: each
 * day's sums stay what happened, in every dimension, while an instant within it may be told a little otherwise.
 */
import type { Submission } from './decode.ts';

export type Placed = Pick<Submission, 'day' | 'agency' | 'service' | 'province' | 'channel' | 'status' | 'onTime'>;

/** Equal for two events of one place, and for no others. */
export const placeOf = ({ day, agency, service, province, channel, status, onTime }: Placed): string =>
  JSON.stringify([day, agency, service, province, channel, status, onTime ?? null]);

/** A place where events of one original stand, `target` being the key of that. */
export const placeAt = (target: string, event: Placed): string => `${target} ${placeOf(event)}`;

/** 32 bits of a place (FNV-1a), for memory that is short: of two places one in four billion times the same. */
export function placeMark({ day, agency, service, province, channel, status, onTime }: Placed): number {
  let hash = 0x811c9dc5;
  const take = (unit: number): void => {
    hash = Math.imul(hash ^ unit, 0x01000193);
  };
  for (const text of [day, agency, service, province]) {
    for (let at = 0; at < text.length; at++) take(text.charCodeAt(at));
    take(0x1_0000);
  }
  take(channel);
  take(status);
  take(onTime === undefined ? 2 : Number(onTime));
  return hash >>> 0;
}
