/** One short text a state: equal states have equal ones, however their patches came. */
import { createHash } from 'node:crypto';
import type { WallState } from '@room/contract';

export const stateHash = (state: WallState): string => createHash('sha1').update(canonical(state)).digest('hex');

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
